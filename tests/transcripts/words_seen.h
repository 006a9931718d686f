#pragma once
#include <functional>
#include <istream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bfq {

/// A constant of src/at/words.h: `kNoIp`, "no ip".
struct Word {
  std::string name, text;
};

/// All of them, read from that file: the compiler has no list of constants.
std::vector<Word> read_words(std::istream&);

/// Finds the words in what a module prints, as a reader would: whole words, where they may stand,
/// the longest first; none in data from the network, in quotation marks or in transparent
/// transmission.
class WordsSeen {
 public:
  struct Hit {
    const Word* word;
    std::size_t at;  ///< where in the text
  };

  explicit WordsSeen(std::vector<Word> words) : words_(std::move(words)) {}

  /// Reads on. `echo` is what the text may begin with because the host typed it.
  void read(std::string_view text, std::string_view echo,
            const std::function<void(const Hit&)>& told);
  /// A command runs: transparent transmission has ended.
  void back_to_commands() { passing_ = false; }

  const std::vector<Word>& all() const { return words_; }
  bool has(const Word& word) const { return seen_.contains(word.name); }

 private:
  const Word* longest_at(std::string_view text, std::size_t at, bool fresh) const;
  std::size_t skip_data(std::string_view text, std::size_t at);

  std::vector<Word> words_;
  std::set<std::string> seen_;
  std::size_t data_left_ = 0;  ///< of a +IPD that goes on in the next text
  bool passing_ = false;
};

}  // namespace bfq
