#include "host_module.h"

#include <chrono>

namespace bfq::contracts {
namespace {
using namespace std::chrono_literals;

constexpr auto kPatience = 10s;  // for what must happen
constexpr auto kSilence = 40ms;  // after so long without any, nothing more is expected to
}  // namespace

bool run_until(boost::asio::io_context& io, const std::function<void()>& settle,
               const std::function<bool()>& done) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  settle();
  while (!done() && std::chrono::steady_clock::now() < give_up) {
    io.restart();
    if (io.run_one_for(kPatience) == 0) return false;
    settle();
  }
  return done();
}

void run_to_rest(boost::asio::io_context& io, const std::function<void()>& settle) {
  settle();
  do {
    io.restart();
  } while (io.run_one_for(kSilence) > 0);
  settle();
}
}  // namespace bfq::contracts
