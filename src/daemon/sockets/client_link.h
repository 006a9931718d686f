#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "daemon/sockets/module_side.h"

namespace bfq::sockets {

/// What a client within the program needs of its module's sockets: names and connections as those
/// of links, by the same routes and under the same policy. HostSockets has it.
class ClientRoutes {
 public:
  /// Told the address, or nothing where the name has none; within the call, or later from the event
  /// loop.
  using Found = std::function<void(std::optional<Ipv4>)>;

  /// Looks a name up; a look-up of the same client's that is under way is forgotten.
  virtual void look_up(std::uint8_t client, const net::HostName& name,
                       const net::NameServers& servers, Found found) = 0;
  /// Asks `client`'s connection for something as the module asks a link, once nothing of it runs.
  virtual void ask(const net::Request& request) = 0;
  /// Tells the module something in the next drain().
  virtual void tell(const Event& event) = 0;

 protected:
  ~ClientRoutes() = default;
};

/// What a client's log says of a link that could not be opened: the link, or the look-up of its
/// name, has said it.
inline constexpr const char* kLinkHasSaidWhy = "";

/// The connection of a client within the program: a link whose number is behind those of the
/// module's, and of which the client is the module's side.
class ClientLink final : public ModuleSide {
 public:
  /// The client. Each of these may begin or end the link.
  class User {
   public:
    virtual void found() {}  ///< the server has an address
    virtual void opened() = 0;
    virtual void came(std::span<const std::byte> bytes) = 0;
    /// It could not be opened, has ended, or broke. Not called after end().
    virtual void gone() = 0;
    /// How many bytes it takes now.
    virtual std::size_t room() const = 0;

   protected:
    ~User() = default;
  };

  /// All must outlive this; `id` is limits::kLinks or more.
  ClientLink(ClientRoutes& routes, ModuleSide& module, User& user, std::uint8_t id)
      : routes_(routes), module_(module), user_(user), handle_{id, 0} {}

  /// Connects to `open.name` at the port of `open.remote`. Ends what there was.
  void begin(net::Open open, const net::NameServers& servers);
  /// Sends that behind what waits to be sent, once the link is open.
  void send(std::string_view bytes) { output_ += bytes; }
  /// What it has taken still reaches the server.
  void end();
  /// The same, once all of send() is taken.
  void end_when_sent();
  std::uint8_t number() const { return handle_.id; }
  bool is_open() const { return is_open_; }
  /// Bytes that wait to be sent.
  std::size_t unsent() const { return output_.size(); }

  // ModuleSide
  std::size_t link_room(LinkHandle link) const override {
    return link == handle_ ? user_.room() : 0;
  }
  std::size_t unread_limit(LinkHandle) const override { return 0; }
  bool awaits_acknowledgement(LinkHandle) const override { return false; }
  void link_input(LinkHandle link, std::span<const std::byte> bytes) override {
    if (link == handle_) user_.came(bytes);
  }
  std::size_t datagram_room(LinkHandle) const override { return 0; }
  void datagram_input(LinkHandle, net::Endpoint, std::span<const std::byte>) override {}
  net::Outgoing link_output(LinkHandle link) const override;
  void link_sent(LinkHandle link, std::size_t n) override;
  std::uint64_t dropped_bytes() const override { return 0; }
  void handle(const Event& event) override;
  const std::string& name() const override { return module_.name(); }
  Networks networks() const override { return module_.networks(); }
  void settle() override { module_.settle(); }

 private:
  ClientRoutes& routes_;
  ModuleSide& module_;
  User& user_;
  LinkHandle handle_;
  std::string output_;
  bool is_open_ = false;
  bool ends_when_sent_ = false;
};
}  // namespace bfq::sockets
