#include "daemon/sockets/lingering_close.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

namespace bfq::sockets {
namespace {
using boost::asio::ip::tcp;

constexpr auto kGivesUp = std::chrono::seconds(10);

bool nothing_on_its_way(int descriptor) {
  int unread = 0, unsent = 0;
  return ioctl(descriptor, FIONREAD, &unread) == 0 && ioctl(descriptor, SIOCOUTQ, &unsent) == 0 &&
         unread == 0 && unsent == 0;
}
}  // namespace

/// One of them. Its handlers keep it alive, until it is over.
class LingeringCloses::Closing : public std::enable_shared_from_this<Closing> {
 public:
  Closing(tcp::socket socket, std::unique_ptr<StreamSession> session)
      : socket_(std::move(socket)),
        session_(std::move(session)),
        gives_up_(socket_.get_executor()) {}

  /// False when it is over at once.
  bool start() {
    const bool must_wait = session_ && session_->shut_down() == StreamSession::Result::wants_write;
    boost::system::error_code error;
    if (!must_wait && nothing_on_its_way(socket_.native_handle())) return false;
    if (!must_wait) socket_.shutdown(tcp::socket::shutdown_send, error);
    if (error) return false;
    gives_up_.expires_after(kGivesUp);
    gives_up_.async_wait([self = shared_from_this()](auto cancelled) {
      boost::system::error_code ignored;
      if (!cancelled) self->socket_.close(ignored);
    });
    if (must_wait)
      await_shutdown();
    else
      drop_input();
    return true;
  }

  void reset() {
    boost::system::error_code ignored;
    socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

 private:
  /// Sends close_notify as soon as the peer takes something again.
  void await_shutdown() {
    socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](auto error) {
      if (error) return self->finish();
      if (self->session_->shut_down() == StreamSession::Result::wants_write)
        return self->await_shutdown();
      self->socket_.shutdown(tcp::socket::shutdown_send, error);
      if (error) return self->finish();
      self->drop_input();
    });
  }

  void drop_input() {
    socket_.async_read_some(boost::asio::buffer(dropped_),
                            [self = shared_from_this()](auto error, std::size_t) {
                              if (error) return self->finish();
                              self->drop_input();
                            });
  }

  void finish() { gives_up_.cancel(); }

  tcp::socket socket_;
  std::unique_ptr<StreamSession> session_;
  boost::asio::steady_timer gives_up_;
  std::array<std::byte, 4096> dropped_{};
};

LingeringCloses::LingeringCloses() = default;
LingeringCloses::~LingeringCloses() = default;

void LingeringCloses::add(tcp::socket socket, std::unique_ptr<StreamSession> session) {
  const auto closing = std::make_shared<Closing>(std::move(socket), std::move(session));
  if (!closing->start()) return;
  all_.erase(std::remove_if(all_.begin(), all_.end(), [](const auto& c) { return c.expired(); }),
             all_.end());
  if (all_.size() == kMost) {
    if (const auto oldest = all_.front().lock()) oldest->reset();
    all_.pop_front();
  }
  all_.push_back(closing);
}
}  // namespace bfq::sockets
