#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>

#include "network_under_test.h"

namespace bfq::contracts {

/// A TLS server on this machine, with a certificate that nobody has signed.
class SecureHost {
 public:
  virtual ~SecureHost() = default;
  virtual std::uint16_t port() const = 0;
};
std::unique_ptr<SecureHost> make_secure_host(boost::asio::io_context& io, Manners manners);

}  // namespace bfq::contracts
