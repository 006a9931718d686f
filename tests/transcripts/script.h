#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/ipv4.h"
#include "base/mac.h"
#include "base/time.h"
#include "ports/network.h"

/// The small language of the transcripts' lines (README.md beside this file).
namespace bfq::script {

/// A line that nobody can make sense of: the transcript is wrong, not the module.
struct BadLine : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// "\r\nOK" as people write it, for a message.
std::string escaped(std::string_view bytes);

/// The bytes of a quoted text with \r \n \t \" \\ \xNN in it; `at` moves behind its closing mark.
std::string unescape_quoted(std::string_view line, std::size_t& at);

/// The words of a line. Quoted ones have their escapes resolved.
class Words {
 public:
  explicit Words(std::string_view line);

  bool empty() const { return next_ == words_.size(); }
  /// The next word; BadLine when there is none.
  std::string take();
  /// Takes the next word if it is this one.
  bool take_if(std::string_view word);
  std::size_t take_number();
  Duration take_duration();
  Ipv4 take_address();
  MacAddress take_mac();
  net::Endpoint take_endpoint();
  /// BadLine when anything is left.
  void end() const;

 private:
  std::vector<std::string> words_;
  std::size_t next_ = 0;
};

}  // namespace bfq::script
