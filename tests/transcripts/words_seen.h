#pragma once
#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "at/words.h"

namespace bfq {

/// Finds the words of a dialect in what a module prints, as a reader would: whole words, where they
/// may stand, the longest first; none in data from the network, in quotation marks or in
/// transparent transmission.
class WordsSeen {
 public:
  struct Hit {
    at::Word word;
    std::size_t at;  ///< where in the text
  };

  explicit WordsSeen(const at::Words& words) : words_(words) {}

  /// Reads on. `echo` is what the text may begin with because the host typed it.
  void read(std::string_view text, std::string_view echo,
            const std::function<void(const Hit&)>& told);
  /// A command runs: transparent transmission has ended.
  void back_to_commands() { passing_ = false; }

  /// All that the dialect ever says.
  std::vector<at::Word> all() const;
  bool has(at::Word word) const { return seen_.contains(word); }

 private:
  at::Word longest_at(std::string_view text, std::size_t at, bool fresh) const;
  std::size_t skip_data(std::string_view text, std::size_t at);

  at::Words words_;
  std::set<at::Word> seen_;
  std::size_t data_left_ = 0;  ///< of a +IPD that goes on in the next text
  bool passing_ = false;
};

}  // namespace bfq
