#include "daemon/uart/stream_host.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace bfq::daemon {
StreamHost::StreamHost(boost::asio::any_io_executor executor, int descriptor, std::string name,
                       std::function<void()> gone)
    : descriptor_(executor, descriptor), name_(std::move(name)), gone_(std::move(gone)) {
  descriptor_.non_blocking(true);
  spdlog::info("serial host {} has come", name_);
}

void StreamHost::left() {
  spdlog::info("serial host {} has gone", name_);
  if (gone_) std::exchange(gone_, nullptr)();
}
}  // namespace bfq::daemon
