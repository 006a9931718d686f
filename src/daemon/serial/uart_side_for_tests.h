#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/text.h"
#include "daemon/serial/uart_side.h"

namespace bfq::serial {

/// A module that has printed `output`, in a ring whose end is `to_wrap` bytes ahead. What it takes
/// of what is typed, and how it settles, is each test's.
class PrintedOutput : public UartSide {
 public:
  std::span<const std::byte> uart_output() const override {
    return bytes_of(output).first(std::min(output.size(), to_wrap));
  }
  std::size_t uart_waiting() const override { return output.size(); }
  void uart_sent(std::size_t n) override {
    output.erase(0, n);
    to_wrap = n < to_wrap ? to_wrap - n : SIZE_MAX;
  }
  bool command_under_way() const override { return is_busy; }
  bool takes_payload() const override { return is_payload; }
  const std::string& name() const override { return its_name; }

  std::string output, its_name = "bfq0";
  std::size_t takes = SIZE_MAX;    ///< of what is typed
  std::size_t to_wrap = SIZE_MAX;  ///< bytes of the output up to the end of its ring
  bool is_busy = false, is_payload = false;

 protected:
  ~PrintedOutput() = default;
};
}  // namespace bfq::serial
