#pragma once
#include <functional>
#include <optional>
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
  explicit WordsSeen(const at::Words& words) : words_(words) {}

  /// Who is told what stands in a text, in its order.
  struct Reader {
    /// A line without its line end; a result has one in front. A prompt is a line, so is what
    /// stands in front of data, and so is what is left at the end of the text.
    std::function<void(std::string_view)> line;
    /// How many bytes of data follow a line that begins like this; nullopt: none yet.
    /// `behind` is what stands behind that.
    std::function<std::optional<std::size_t>(std::string_view begun, std::string_view behind)> data;
    /// Whether the prompt that was just told is that of transparent transmission.
    std::function<bool()> passes;
  };
  /// Reads on. `echo` is what the text may begin with because the host has just typed it, without
  /// an LF; nullopt when nothing was typed since the text before.
  void read(std::string_view text, std::optional<std::string_view> echo, const Reader& told);
  /// Another module is listened to.
  void begin() {
    data_left_ = 0;
    passing_ = echoes_ = false;
  }
  /// Transparent transmission has ended.
  void back_to_commands() { passing_ = false; }

  /// All that the dialect ever says.
  std::vector<at::Word> all() const;
  bool has(at::Word word) const { return seen_.contains(word); }

 private:
  at::Word longest_at(std::string_view text, std::size_t at, bool fresh) const;
  std::size_t behind_echo(std::string_view text, std::optional<std::string_view> echo);
  std::size_t behind_data(std::string_view text, std::size_t at);
  std::size_t behind_passthrough(std::string_view text, std::size_t at);

  at::Words words_;
  std::set<at::Word> seen_;
  std::size_t data_left_ = 0;  ///< data that go on in the next text
  bool passing_ = false;
  bool echoes_ = false;  ///< what was typed last came back
};

}  // namespace bfq
