#include "daemon/wifi/supplicant.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/process/failure.h"
#include "daemon/process/printable.h"
#include "daemon/wifi/scan_text.h"

namespace bfq::wifi {
namespace {
constexpr std::size_t kLongest = 8192;  // bytes of an answer: the supplicant's own limit is 4096

int make_socket() {
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const sockaddr_un any{.sun_family = AF_UNIX, .sun_path = {}};
  const auto* address = reinterpret_cast<const sockaddr*>(&any);
  if (descriptor < 0 || bind(descriptor, address, sizeof any.sun_family) != 0)
    process::fail_with_errno("cannot make a socket for wpa_supplicant");
  return descriptor;
}

/// A command without what it may tell, such as a password.
std::string_view name_of(std::string_view command) {
  return command.substr(0, command.find(' ', command.starts_with("SET_NETWORK ") ? 14 : 0));
}
}  // namespace

Supplicant::Supplicant(boost::asio::io_context& io, std::function<void(std::string_view)> event,
                       std::function<void()> hangs)
    : socket_(io, make_socket()),
      patience_(io, [this] { give_up(); }),
      event_(std::move(event)),
      hangs_(std::move(hangs)) {
  await();
}

Supplicant::~Supplicant() = default;

void Supplicant::open(const std::string& path) {
  close();
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::copy_n(path.begin(), std::min(path.size(), sizeof address.sun_path - 1), address.sun_path);
  if (::connect(socket_.native_handle(), reinterpret_cast<const sockaddr*>(&address),
                sizeof address) != 0)
    return spdlog::error("cannot reach wpa_supplicant at {}: {}", path, std::strerror(errno));
  is_open_ = true;
  ask("ATTACH");
}

void Supplicant::close() {
  is_open_ = false;
  questions_.clear();
  patience_.stop();
}

void Supplicant::ask(std::string command, Answer answer) {
  if (!is_open_) return;
  questions_.push_back({std::move(command), std::move(answer)});
  if (questions_.size() == 1) send_next();
}

void Supplicant::send_next() {
  const std::string& command = questions_.front().command;
  spdlog::trace("wpa_supplicant < {}", name_of(command));
  // One that is gone is told of by the helper; one that takes nothing, by our patience.
  ::send(socket_.native_handle(), command.data(), command.size(), MSG_NOSIGNAL);
  patience_.set(std::chrono::steady_clock::now() + kPatience);
}

/// An answer that came now would be taken for that to another question.
void Supplicant::give_up() {
  spdlog::error("wpa_supplicant does not answer {}", name_of(questions_.front().command));
  close();
  hangs_();
}

void Supplicant::answered(std::string_view text) {
  if (questions_.empty()) return;
  patience_.stop();
  const Question question = std::move(questions_.front());
  questions_.pop_front();
  if (!questions_.empty()) send_next();
  if (text.starts_with("FAIL"))
    spdlog::debug("wpa_supplicant: {} for {}", process::printable(text.substr(0, text.find('\n'))),
                  name_of(question.command));
  if (question.answer) question.answer(text);
}

void Supplicant::await() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](auto error) {
    if (error) return;
    read();
    await();
  });
}

void Supplicant::read() {
  std::array<char, kLongest> bytes;
  const ssize_t size = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size < 0 || !is_open_) return;
  const std::string text(bytes.data(), static_cast<std::size_t>(size));
  // "<3>CTRL-EVENT-..."; to whom all interfaces are told of, "IFNAME=wlan0 <3>CTRL-EVENT-...".
  const bool is_event = text.starts_with('<') || text.starts_with("IFNAME=");
  if (!is_event) return answered(text);
  const std::string event = text.substr(std::min(text.find('>') + 1, text.size()));
  spdlog::trace("wpa_supplicant > {}", process::printable(without_password(event)));
  event_(event);
}
}  // namespace bfq::wifi
