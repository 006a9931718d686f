#include "daemon/sockets/lingering_close.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

namespace bfq::sockets {
namespace {
constexpr auto kPatience = std::chrono::seconds(10);

class LingeringClose : public std::enable_shared_from_this<LingeringClose> {
 public:
  explicit LingeringClose(boost::asio::ip::tcp::socket socket)
      : socket_(std::move(socket)), patience_(socket_.get_executor()) {}

  void start() {
    patience_.expires_after(kPatience);
    patience_.async_wait([self = shared_from_this()](auto error) {
      boost::system::error_code ignored;
      if (!error) self->socket_.close(ignored);
    });
    drop_input();
  }

 private:
  void drop_input() {
    socket_.async_read_some(boost::asio::buffer(dropped_),
                            [self = shared_from_this()](auto error, std::size_t) {
                              if (error)
                                self->patience_.cancel();
                              else
                                self->drop_input();
                            });
  }

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer patience_;
  std::array<std::byte, 4096> dropped_{};
};

bool nothing_on_its_way(int descriptor) {
  int unread = 0, unsent = 0;
  return ioctl(descriptor, FIONREAD, &unread) == 0 && ioctl(descriptor, SIOCOUTQ, &unsent) == 0 &&
         unread == 0 && unsent == 0;
}
}  // namespace

void close_lingering(boost::asio::ip::tcp::socket socket) {
  boost::system::error_code error;
  if (nothing_on_its_way(socket.native_handle())) {
    socket.close(error);
    return;
  }
  socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send, error);
  if (!error) std::make_shared<LingeringClose>(std::move(socket))->start();
}
}  // namespace bfq::sockets
