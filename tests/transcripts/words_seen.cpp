#include "words_seen.h"

#include <algorithm>
#include <string>

namespace bfq {
namespace {
using at::Word;
constexpr std::string_view kLineEnd = "\r\n";

bool is_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// `no ip` is no word of `no iphone`, nor `CONNECT` of `CONNECTED`. `fresh`: a line begins here.
bool stands_at(std::string_view text, std::size_t at, bool fresh, std::string_view word) {
  if (!text.substr(at).starts_with(word)) return false;
  if (!fresh &&
      (word.starts_with(kLineEnd) || (is_letter(text[at - 1]) && is_letter(word.front()))))
    return false;
  const std::size_t end = at + word.size();
  const bool goes_on = end < text.size() && is_letter(word.back()) && is_letter(text[end]);
  return !goes_on || word.ends_with("0x");  // digits are what such a word stands in front of
}
/// Behind the text in quotation marks that begins at `at`. Nothing in it is escaped: it ends with
/// the first mark that something follows which may stand behind one.
std::size_t behind_quotes(std::string_view text, std::size_t at) {
  while ((at = text.find('"', at + 1)) != std::string_view::npos)
    if (at + 1 == text.size() || std::string_view(",)\r").find(text[at + 1]) != text.npos)
      return at + 1;
  return text.size();
}
}  // namespace

std::vector<Word> WordsSeen::all() const {
  std::vector<Word> words;
  for (std::size_t i = 1; i < at::Words::kCount; ++i)
    if (const auto word = static_cast<Word>(i); !words_[word].empty()) words.push_back(word);
  return words;
}

Word WordsSeen::longest_at(std::string_view text, std::size_t at, bool fresh) const {
  auto longest = Word::none;
  for (std::size_t i = 1; i < at::Words::kCount; ++i) {
    const auto word = static_cast<Word>(i);
    if (words_[word].size() > words_[longest].size() && stands_at(text, at, fresh, words_[word]))
      longest = word;
  }
  return longest;
}

/// Where the text goes on behind the data that are left, and behind a line end that follows them
/// and does not begin a result.
std::size_t WordsSeen::behind_data(std::string_view text, std::size_t at) {
  const std::size_t here = std::min(data_left_, text.size() - at);
  data_left_ -= here;
  at += here;
  const bool ends = text.substr(at).starts_with(kLineEnd);
  return ends && longest_at(text, at, true) == Word::none ? at + kLineEnd.size() : at;
}

/// Nothing in transparent transmission is a word; a restart ends it.
std::size_t WordsSeen::behind_passthrough(std::string_view text, std::size_t at) {
  if (!passing_) return at;
  const std::size_t ready = text.find(std::string(words_[Word::ready]) + "\r\n", at);
  passing_ = ready == std::string_view::npos;
  return passing_ ? text.size() : ready;
}

/// Where the text goes on behind the echo of what was typed, and behind the line end that follows
/// the echo of a whole line unless a result does.
std::size_t WordsSeen::behind_echo(std::string_view text, std::optional<std::string_view> echo) {
  // A line end of the module's own begins like the echo of a CR.
  if (!echo) return 0;
  const bool is_line_end = *echo == "\r" && text.starts_with(kLineEnd);
  if (!echo->empty()) echoes_ = text.starts_with(*echo) && !is_line_end;
  if (!echoes_) return 0;
  const std::size_t at = echo->size();
  if (text.substr(at).starts_with('\n')) return at + 1;  // where an LF is sent back, too
  const bool ends = text.substr(at).starts_with(kLineEnd);
  return ends && longest_at(text, at, true) == Word::none ? at + kLineEnd.size() : at;
}

void WordsSeen::read(std::string_view text, std::optional<std::string_view> echo,
                     const Reader& told) {
  std::size_t at = data_left_ > 0 ? behind_data(text, 0) : behind_echo(text, echo);
  at = behind_passthrough(text, at);
  std::size_t fresh = at;
  while (at < text.size()) {
    if (const Word word = longest_at(text, at, at == fresh); word != Word::none) {
      seen_.insert(word);
      at += words_[word].size();
      if (word == Word::passthrough_prompt || word == Word::prompt) {
        told.line(text.substr(fresh, at - fresh));
        passing_ = told.passes();
        if (passing_) seen_.insert(Word::passthrough_prompt);
        fresh = at = behind_passthrough(text, at);
        continue;
      }
    } else if (at > fresh && text.substr(at).starts_with(kLineEnd)) {
      told.line(text.substr(fresh, at - fresh));
      fresh = at += kLineEnd.size();
      continue;
    } else if (text[at] == '"') {
      at = behind_quotes(text, at);
    } else {
      ++at;
    }
    const std::string_view begun = text.substr(fresh, at - fresh);
    if (const std::optional<std::size_t> length = told.data(begun, text.substr(at))) {
      data_left_ = *length;
      told.line(begun);
      fresh = at = behind_data(text, at);
    }
  }
  if (fresh < text.size()) told.line(text.substr(fresh));
}

}  // namespace bfq
