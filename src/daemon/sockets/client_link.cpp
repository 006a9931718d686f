#include "daemon/sockets/client_link.h"

#include "base/overloaded.h"

namespace bfq::sockets {

void ClientLink::begin(net::Open open, const net::NameServers& servers) {
  end();
  open.link = handle_;
  const auto connect = [this, open](Ipv4 address) {
    if (!(open.link == handle_)) return;
    net::Open there = open;
    there.remote.address = address;
    user_.found();
    if (open.link == handle_) routes_.ask(there);
  };
  if (const auto address = open.name.address()) return connect(*address);
  routes_.look_up(handle_.id, open.name, servers, [this, open, connect](std::optional<Ipv4> found) {
    if (found)
      connect(*found);
    else if (open.link == handle_)
      user_.gone();
  });
}

void ClientLink::end() {
  routes_.ask(net::Close{handle_});
  ++handle_.generation;
  output_.clear();
  is_open_ = ends_when_sent_ = false;
}

void ClientLink::end_when_sent() {
  if (output_.empty()) return end();
  ends_when_sent_ = true;
}

net::Outgoing ClientLink::link_output(LinkHandle link) const {
  if (!(link == handle_) || !is_open_) return {};
  return {std::as_bytes(std::span(output_)), {}};
}

void ClientLink::link_sent(LinkHandle link, std::size_t n) {
  if (!(link == handle_)) return;
  output_.erase(0, n);
  if (output_.empty() && ends_when_sent_) end();
}

void ClientLink::handle(const Event& event) {
  const auto is_ours = [this](LinkHandle link) { return link == handle_; };
  std::visit(overloaded{
                 [&](const net::Opened& e) {
                   if (!is_ours(e.link)) return;
                   is_open_ = true;
                   user_.opened();
                 },
                 [&](const net::OpenFailed& e) {
                   if (is_ours(e.link)) user_.gone();
                 },
                 [&](const net::Closed& e) {
                   if (!is_ours(e.link)) return;
                   is_open_ = false;
                   if (!ends_when_sent_) user_.gone();
                 },
                 // What the server has said before that may be all that is needed.
                 [&](const net::SendFailed& e) {
                   if (!is_ours(e.link)) return;
                   output_.clear();
                   if (ends_when_sent_) end();
                 },
                 [](const auto&) {},
             },
             event);
}
}  // namespace bfq::sockets
