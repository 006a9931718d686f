#include "daemon/process/name_query.h"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/host_name.h"
#include "daemon/process/failure.h"

namespace bfq::process {
namespace {
namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

// Ours: two tries of 2 and then 4 s for each server; the module itself gives up after 15 s.
// Fidelity (our decision, dialect 3.3.3): A name server that is silent is given up after 6 s, and
// the look-up after 15 s where there are several; then DNS Fail.
constexpr int kFirstTimeoutMs = 2000, kTries = 2;
// How long a name server that was silent is asked after the others.
constexpr auto kAskedLast = std::chrono::minutes(5);
constexpr Ipv4 kLoopback(127, 0, 0, 1);

void initialise_library() {
  static const int result = ares_library_init(ARES_LIB_INIT_ALL);
  if (result != ARES_SUCCESS)
    throw Failure(std::string("cannot look up names: ") + ares_strerror(result));
}

/// The name servers that were silent, and until when they are asked last. All queries share it: who
/// was silent is so for each module.
class SilentServers {
 public:
  using Clock = std::chrono::steady_clock;

  void note(const std::string& server) { until_[server] = Clock::now() + kAskedLast; }
  void forget(const std::string& server) { until_.erase(server); }
  bool has(const std::string& server) const {
    const auto at = until_.find(server);
    return at != until_.end() && at->second > Clock::now();
  }

 private:
  std::map<std::string, Clock::time_point> until_;
};

SilentServers& silent_servers() {
  static SilentServers servers;
  return servers;
}

/// A name server as c-ares takes it in a list: "192.0.2.1:53", "[2001:db8::1]:53".
std::string text_of(const ares_addr_port_node& server) {
  std::array<char, INET6_ADDRSTRLEN> address{};
  ares_inet_ntop(server.family, &server.addr, address.data(), address.size());
  const int port = server.udp_port != 0 ? server.udp_port : NAMESERVER_PORT;
  const char* form = server.family == AF_INET6 ? "[{}]:{}" : "{}:{}";
  return fmt::format(fmt::runtime(form), address.data(), port);
}

std::string reason_of(int status) {
  switch (status) {
    case ARES_ENOTFOUND: return "there is no such name";
    case ARES_ENODATA: return "it has no IPv4 address";
    case ARES_ETIMEOUT:
    case ARES_ECONNREFUSED: return "no name server answered";
    default: return ares_strerror(status);
  }
}
}  // namespace

std::shared_ptr<NameQuery> NameQuery::start(asio::io_context& io, const std::string& name,
                                            Where where, Answer answer,
                                            const std::vector<std::string>& servers,
                                            const std::string& interface) {
  std::shared_ptr<NameQuery> query(new NameQuery(io, std::move(answer)));
  if (where == Where::as_configured && is_loopback_name(name)) {
    query->finish({in_hosts_file(name).value_or(kLoopback)});
    return query;
  }
  query->open_channel(where, servers, interface);
  query->ask(name);
  return query;
}

std::optional<Ipv4> NameQuery::in_hosts_file(const std::string& name) {
  initialise_library();
  ares_channel channel = nullptr;
  if (ares_init(&channel) != ARES_SUCCESS) return std::nullopt;
  hostent* found = nullptr;
  std::optional<Ipv4> address;
  if (ares_gethostbyname_file(channel, name.c_str(), AF_INET, &found) == ARES_SUCCESS) {
    std::uint32_t bits = 0;
    if (found->h_addr_list[0] != nullptr)
      std::memcpy(&bits, found->h_addr_list[0], sizeof bits), address = Ipv4(ntohl(bits));
    ares_free_hostent(found);
  }
  ares_destroy(channel);
  return address;
}

NameQuery::NameQuery(asio::io_context& io, Answer answer)
    : io_(io), timer_(io), answer_(std::move(answer)) {}

NameQuery::~NameQuery() {
  answer_ = nullptr;
  if (channel_ != nullptr) ares_destroy(channel_);
}

void NameQuery::open_channel(Where where, const std::vector<std::string>& servers,
                             const std::string& interface) {
  initialise_library();
  ares_options options{};
  char hosts_file_and_dns[] = "fb", dns[] = "b";  // whatever the machine's own order is
  options.lookups = where == Where::only_dns ? dns : hosts_file_and_dns;
  options.timeout = kFirstTimeoutMs;
  options.tries = kTries;
  options.sock_state_cb_data = this;
  options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
    static_cast<NameQuery*>(self)->watch(socket, readable != 0, writable != 0);
  };
  int mask = ARES_OPT_LOOKUPS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  if (where == Where::only_dns) {
    // Neither the search domains of resolv.conf and LOCALDOMAIN, of which there are then none, nor
    // HOSTALIASES make another name of it.
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
    options.ndomains = 0;
    mask |= ARES_OPT_FLAGS | ARES_OPT_DOMAINS;
  }
  if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) channel_ = nullptr;
  if (channel_ == nullptr) return;
  if (!servers.empty())
    ares_set_servers_ports_csv(channel_, fmt::format("{}", fmt::join(servers, ",")).c_str());
  sockets_.serve(channel_, interface);
  ask_silent_servers_last();
}

void NameQuery::ask_silent_servers_last() {
  ares_addr_port_node* all = nullptr;
  if (ares_get_servers_ports(channel_, &all) != ARES_SUCCESS) return;
  for (const auto* server = all; server != nullptr; server = server->next)
    servers_.push_back(text_of(*server));
  ares_free_data(all);
  const auto speaks = [](const std::string& server) { return !silent_servers().has(server); };
  const auto silent = std::stable_partition(servers_.begin(), servers_.end(), speaks);
  if (silent == servers_.begin() || silent == servers_.end()) return;
  ares_set_servers_ports_csv(channel_, fmt::format("{}", fmt::join(servers_, ",")).c_str());
}

/// c-ares asks one after the other, in their order, and tells how many of these tries found no
/// answer.
void NameQuery::note_silent_servers(int timeouts) {
  const auto tried = static_cast<std::size_t>(timeouts);
  for (std::size_t i = 0; i < std::min(tried, servers_.size()); ++i)
    silent_servers().note(servers_[i]);
  if (tried < servers_.size()) silent_servers().forget(servers_[tried]);
}

void NameQuery::ask(const std::string& name) {
  if (channel_ == nullptr) return finish({{}, "no memory for the question"});
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_INET;
  const auto answered = [](void* self, int status, int timeouts, ares_addrinfo* found) {
    static_cast<NameQuery*>(self)->answered(status, timeouts, found);
    if (found != nullptr) ares_freeaddrinfo(found);
  };
  ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, answered, this);
  arm_timer();
}

void NameQuery::answered(int status, int timeouts, const ares_addrinfo* found) {
  if (status == ARES_EDESTRUCTION) return;
  note_silent_servers(timeouts);
  if (status != ARES_SUCCESS) return finish({{}, reason_of(status)});
  const auto address = first_address(found);
  finish({address, address ? "" : reason_of(ARES_ENODATA)});
}

std::optional<Ipv4> NameQuery::first_address(const ares_addrinfo* found) {
  for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next) {
    if (node->ai_family != AF_INET) continue;
    return Ipv4(ntohl(reinterpret_cast<const sockaddr_in*>(node->ai_addr)->sin_addr.s_addr));
  }
  return std::nullopt;
}

/// Called by c-ares from within its own functions, so the answer waits for the loop: whoever takes
/// it may throw this query away.
void NameQuery::finish(const Result& result) {
  if (!answer_) return;
  asio::post(io_, [weak = weak_from_this(), answer = std::exchange(answer_, nullptr), result] {
    if (auto self = weak.lock()) answer(result);
  });
}

void NameQuery::watch(ares_socket_t socket, bool wants_read, bool wants_write) {
  if (!wants_read && !wants_write) {  // c-ares is about to close it
    const auto found = watches_.find(socket);
    if (found == watches_.end()) return;
    found->second->descriptor.release();
    watches_.erase(found);
    return;
  }
  auto& entry = watches_[socket];
  if (!entry) entry = std::make_shared<Watch>(Descriptor(io_, socket));
  entry->wants_read = wants_read;
  entry->wants_write = wants_write;
  await(socket);
}

void NameQuery::await(ares_socket_t socket) {
  const auto found = watches_.find(socket);
  if (found == watches_.end()) return;
  const std::shared_ptr<Watch>& entry = found->second;
  const auto wait = [&](Descriptor::wait_type type, bool Watch::*waits, bool writable) {
    (*entry).*waits = true;
    entry->descriptor.async_wait(type, [weak = weak_from_this(), old = std::weak_ptr(entry), waits,
                                        socket, writable](auto error) {
      const auto self = weak.lock();
      const auto watched = old.lock();
      if (!self || !watched || error) return;
      (*watched).*waits = false;
      self->ready(socket, writable);
    });
  };
  if (entry->wants_read && !entry->waits_read)
    wait(Descriptor::wait_read, &Watch::waits_read, false);
  if (entry->wants_write && !entry->waits_write)
    wait(Descriptor::wait_write, &Watch::waits_write, true);
}

void NameQuery::ready(ares_socket_t socket, bool writable) {
  sockets_.begin_turn();
  ares_process_fd(channel_, writable ? ARES_SOCKET_BAD : socket,
                  writable ? socket : ARES_SOCKET_BAD);
  await(socket);
  arm_timer();
}

void NameQuery::arm_timer() {
  timeval left{};
  if (ares_timeout(channel_, nullptr, &left) == nullptr) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec));
  timer_.async_wait([weak = weak_from_this()](auto error) {
    const auto self = weak.lock();
    if (!self || error) return;
    ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    self->arm_timer();
  });
}
}  // namespace bfq::process
