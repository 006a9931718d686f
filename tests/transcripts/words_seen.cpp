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
  return end == text.size() || !is_letter(word.back()) || !is_letter(text[end]);
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

/// Behind `+IPD,`: [<id>,]<length>[,<ip>,<port>]: and that many bytes. Where they end.
std::size_t WordsSeen::skip_data(std::string_view text, std::size_t at) {
  const std::size_t colon = std::min(text.find(':', at), text.size());
  std::vector<std::string> fields{""};
  for (const char c : text.substr(at, colon - at))
    c == ',' ? fields.emplace_back() : fields.back() += std::string(1, c);
  const std::size_t length = std::stoul(fields[fields.size() % 2 == 0 ? 1 : 0]);
  const std::size_t here = std::min(length, text.size() - std::min(colon + 1, text.size()));
  data_left_ = length - here;
  return colon + 1 + here;
}

void WordsSeen::read(std::string_view text, std::string_view echo,
                     const std::function<void(const Hit&)>& told) {
  std::size_t at = std::min(data_left_, text.size());
  data_left_ -= at;
  if (!echo.empty() && text.starts_with(echo)) at = echo.size();
  std::size_t fresh = at;
  while (at < text.size() && !passing_) {
    if (const Word word = longest_at(text, at, at == fresh); word != Word::none) {
      seen_.insert(word);
      told({word, at});
      at += words_[word].size();
      if (word == Word::ipd) fresh = at = skip_data(text, at);
      if (word == Word::prompt) fresh = at;
      passing_ = word == Word::passthrough_prompt;
    } else if (text.substr(at).starts_with(kLineEnd)) {
      fresh = at += kLineEnd.size();
    } else if (text[at] == '"') {
      at = std::min(text.find('"', at + 1), text.size() - 1) + 1;
    } else {
      ++at;
    }
  }
}

}  // namespace bfq
