#include "daemon/serial/framed_host.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace bfq::serial {
Transfer FramedHost::read(std::span<std::byte> into) {
  if (typed_.empty()) {
    const Transfer got = receive_and_take(into.size());
    if (typed_.empty()) return got;
  }
  const std::size_t n = std::min(into.size(), typed_.size());
  std::memcpy(into.data(), typed_.data(), n);
  typed_.erase(typed_.begin(), typed_.begin() + static_cast<std::ptrdiff_t>(n));
  return Transfer::moved(n);
}

Transfer FramedHost::receive_and_take(std::size_t most) {
  if (!flush()) return Transfer::gone();
  if (!may_take()) return Transfer::blocked();
  std::array<std::byte, 1024> buffer;
  const Transfer got = receive(std::span(buffer).first(std::min(most, buffer.size())));
  if (got.state == Transfer::State::ended) typing_has_ended();
  if (got.n == 0) return got;
  take(std::span(buffer).first(got.n), typed_);
  return flush() ? Transfer::blocked() : Transfer::gone();
}

Transfer FramedHost::write(std::span<const std::byte> bytes) {
  if (!flush()) return Transfer::gone();
  if (!output().empty()) return Transfer::blocked();
  say(bytes);
  return flush() ? Transfer::moved(bytes.size()) : Transfer::gone();
}

bool FramedHost::flush() {
  while (!output().empty()) {
    const Transfer done = write_some(descriptor().native_handle(), output());
    sent(done.n);
    if (done.state == Transfer::State::gone) return false;
    if (done.state == Transfer::State::blocked) {
      await_flush();
      break;
    }
  }
  return true;
}

void FramedHost::await_flush() {
  if (std::exchange(awaits_flush_, true)) return;
  await(descriptor(), Descriptor::wait_write, [this] {
    awaits_flush_ = false;
    flush();  // if the host has gone, reading will tell
  });
}
}  // namespace bfq::serial
