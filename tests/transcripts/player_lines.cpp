// The lines that speak to the module and its world: one row each, with its help, which README.md
// must repeat (transcripts --lines).
#include <algorithm>

#include "player.h"

namespace bfq {
namespace {
using script::BadLine;
using script::escaped;
using script::Words;

/// One keyword: what it is followed by, what it does, and how it does that to `On`.
template <class On>
struct Row {
  std::string_view word, arguments, help;
  void (*run)(On&, Words&);
  std::string (*parts)() = nullptr;  ///< the help of what may follow it
};

/// Runs the row whose word comes next; false when it is none of them.
template <class On, std::size_t N>
bool run_row(const Row<On> (&rows)[N], On& on, Words& words) {
  const auto* const row = std::find_if(std::begin(rows), std::end(rows),
                                       [&](const Row<On>& r) { return words.take_if(r.word); });
  if (row == std::end(rows)) return false;
  row->run(on, words);
  return true;
}

/// As many rows as there are words.
template <class On, std::size_t N>
void run_rows(const Row<On> (&rows)[N], On& on, Words& words) {
  while (!words.empty())
    if (!run_row(rows, on, words)) throw BadLine("what is " + words.take() + '?');
}

template <class On, std::size_t N>
std::string help(std::string_view before, const Row<On> (&rows)[N]) {
  std::string text;
  for (const Row<On>& row : rows) {
    text += "| `" + std::string(before) + std::string(row.word);
    if (!row.arguments.empty()) text += " " + std::string(row.arguments);
    text += "` | " + std::string(row.help) + " |\n";
    if (row.parts != nullptr) text += row.parts();
  }
  return text;
}

template <class T>
T number(Words& words) {
  return static_cast<T>(words.take_number());
}

/// An access point that is being described.
struct NewAccessPoint {
  sim::AccessPoint it;
  std::optional<Ipv4> address{};
};
template <radio::Security security>
void secure(NewAccessPoint& ap, Words&) {
  ap.it.security = security;
}
constexpr Row<NewAccessPoint> kAccessPoint[] = {
    {"open", "", "without a password", secure<radio::Security::open>},
    {"wep", "", "with WEP", secure<radio::Security::wep>},
    {"wpa", "", "with WPA", secure<radio::Security::wpa>},
    {"wpa2", "", "with WPA2, as without any of these", secure<radio::Security::wpa2>},
    {"wpa/wpa2", "", "with both", secure<radio::Security::wpa_wpa2>},
    {"enterprise", "", "with WPA2 Enterprise", secure<radio::Security::enterprise>},
    {"channel", "N", "on this channel",
     [](NewAccessPoint& ap, Words& w) { ap.it.channel = number<std::uint8_t>(w); }},
    {"rssi", "N", "with a signal of -N dBm",
     [](NewAccessPoint& ap, Words& w) { ap.it.rssi = static_cast<std::int8_t>(-number<int>(w)); }},
    {"bssid", "M", "with this MAC address",
     [](NewAccessPoint& ap, Words& w) { ap.it.bssid = w.take_mac(); }},
    {"address", "A", "what the module gets there",
     [](NewAccessPoint& ap, Words& w) { ap.address = w.take_address(); }},
    {"hidden", "", "does not say its name",
     [](NewAccessPoint& ap, Words&) { ap.it.hidden = true; }},
    {"silent", "", "never answers a join", [](NewAccessPoint& ap, Words&) { ap.it.silent = true; }},
    {"wps", "", "has WPS", [](NewAccessPoint& ap, Words&) { ap.it.wps = true; }},
    {"answers-scan", "D", "answers a scan only after D, and so is missed by one that ends earlier",
     [](NewAccessPoint& ap, Words& w) { ap.it.delays.scan = w.take_duration(); }},
    {"no-dhcp", "", "gives no address",
     [](NewAccessPoint& ap, Words&) { ap.it.dhcp = sim::Dhcp::is_silent; }},
    {"dhcp-refuses", "", "refuses to give one",
     [](NewAccessPoint& ap, Words&) { ap.it.dhcp = sim::Dhcp::refuses; }},
};

using Peer = sim::FarHost;
constexpr Row<Peer> kPeer[] = {
    {"accepts", "", "takes connections, as it does at first",
     [](Peer& p, Words&) { p.answer = Peer::Answer::accepts; }},
    {"refuses", "", "refuses them", [](Peer& p, Words&) { p.answer = Peer::Answer::refuses; }},
    {"silent", "", "never answers them", [](Peer& p, Words&) { p.answer = Peer::Answer::never; }},
    {"echoes", "", "sends back what it gets", [](Peer& p, Words&) { p.echoes = true; }},
    {"greets", "\"…\"", "sends this to whoever connects",
     [](Peer& p, Words& w) { p.greeting = w.take(); }},
    {"replies", "\"…\"", "sends this once it got as many bytes as `after` says",
     [](Peer& p, Words& w) { p.reply = w.take(); }},
    {"after", "N", "see `replies`", [](Peer& p, Words& w) { p.reply_after = w.take_number(); }},
    {"closes-after", "N", "closes when it got N bytes",
     [](Peer& p, Words& w) { p.closes_after = w.take_number(); }},
    {"resets-after", "N", "resets the connection then",
     [](Peer& p, Words& w) { p.resets_after = w.take_number(); }},
    {"trusted", "", "its certificate stands up to verifying, over SSL",
     [](Peer& p, Words&) { p.is_trusted = true; }},
    {"wants-certificate", "", "refuses whoever shows none, over SSL",
     [](Peer& p, Words&) { p.wants_certificate = true; }},
    {"stops", "", "takes nothing more from the network", [](Peer& p, Words&) { p.reads = false; }},
    {"reads", "", "takes it again", [](Peer& p, Words&) { p.reads = true, p.takes = SIZE_MAX; }},
    {"takes", "N", "takes N bytes more, and then nothing",
     [](Peer& p, Words& w) { p.takes = w.take_number(); }},
};

constexpr Row<sim::WebPage> kPage[] = {
    {"is", "\"…\"", "has this body", [](sim::WebPage& p, Words& w) { p.body = w.take(); }},
    {"status", "N", "has this status, instead of 200",
     [](sim::WebPage& p, Words& w) { p.status = number<std::uint16_t>(w); }},
    {"lengthless", "", "does not say its length",
     [](sim::WebPage& p, Words&) { p.tells_length = false; }},
    {"breaks-after", "N", "breaks off behind so many bytes of its body",
     [](sim::WebPage& p, Words& w) { p.breaks_after = w.take_number(); }},
};

constexpr Row<sim::Internet> kNetwork[] = {
    {"stalls", "", "nothing moves", [](sim::Internet& net, Words&) { net.stalled = true; }},
    {"flows", "", "it does again", [](sim::Internet& net, Words&) { net.stalled = false; }},
    {"exhausted", "", "there is no socket for one more link",
     [](sim::Internet& net, Words&) { net.exhausted = true; }},
    {"recovers", "", "there is one again",
     [](sim::Internet& net, Words&) { net.exhausted = false; }},
    {"has-authorities", "", "the module has certificates to verify a server's by",
     [](sim::Internet& net, Words&) { net.has_authorities = true; }},
    {"has-certificate", "", "the module has a certificate to show, and its key",
     [](sim::Internet& net, Words&) { net.has_certificate = net.has_key = true; }},
    {"has-certificate-alone", "", "likewise, without its key",
     [](sim::Internet& net, Words&) {
       net.has_certificate = true;
       net.has_key = false;
     }},
    {"pieces", "N", "never more than N bytes at once",
     [](sim::Internet& net, Words& w) { net.most_at_once = w.take_number(); }},
    {"updates-from", "A:P",
     "which peer has images of the firmware, as its pages /version and /image",
     [](sim::Internet& net, Words& w) { net.web.update_server = w.take_endpoint(); }},
    {"was-asked", "\"…\"", "checks all HTTP requests by now: method, target and body, and a \\n",
     [](sim::Internet& net, Words& w) {
       const std::string want = w.take(), got = net.web.asked();
       if (got != want) throw BadLine("it was asked " + escaped(got.substr(0, 400)));
     }},
};

constexpr Row<sim::World> kDelays[] = {
    {"scan", "D", "how long a scan takes",
     [](sim::World& w, Words& words) { w.air.delays.scan = words.take_duration(); }},
    {"associate", "D", "an association",
     [](sim::World& w, Words& words) { w.air.delays.associate = words.take_duration(); }},
    {"address", "D", "an address from DHCP",
     [](sim::World& w, Words& words) { w.air.delays.address = words.take_duration(); }},
    {"resolve", "D", "a look-up of a name",
     [](sim::World& w, Words& words) { w.internet.resolve_takes = words.take_duration(); }},
    {"connect", "D", "a connection",
     [](sim::World& w, Words& words) { w.internet.connect_takes = words.take_duration(); }},
    {"answer", "D", "what a peer sends by itself",
     [](sim::World& w, Words& words) { w.internet.answer_takes = words.take_duration(); }},
};

constexpr Row<sim::World> kFlash[] = {
    {"fails", "", "nothing can be written", [](sim::World& w, Words&) { w.flash.fails = true; }},
    {"works", "", "it can again", [](sim::World& w, Words&) { w.flash.fails = false; }},
};

std::uint32_t milliseconds(Words& words) {
  return static_cast<std::uint32_t>(words.take_duration() / 1ms);
}

constexpr Row<Event> kFault[] = {
    {"send-fail-after-ok", "", "SEND FAIL follows the next SEND OK",
     [](Event& e, Words&) { e = faults::FailAfterSendOk{}; }},
    {"late-closed", "", "the next CLOSED comes when the link number is in use again",
     [](Event& e, Words&) { e = faults::DelayClosed{}; }},
    {"escape-missed", "", "the next `+++` is payload",
     [](Event& e, Words&) { e = faults::MissEscape{}; }},
    {"busy-for", "D", "each line is answered busy for D",
     [](Event& e, Words& w) { e = faults::StayBusy{milliseconds(w)}; }},
    {"ipd-in-reply", "D",
     "what links bring waits for the next command, at most for D, and stands in front of its "
     "answer",
     [](Event& e, Words& w) { e = faults::InterruptReply{milliseconds(w)}; }},
    {"recover", "", "none of them waits any more", [](Event& e, Words&) { e = faults::Recover{}; }},
};

constexpr Row<sim::World> kHost[] = {
    {"stops", "", "does not read its UART", [](sim::World& w, Words&) { w.host.reads = false; }},
    {"reads", "", "reads it again", [](sim::World& w, Words&) { w.host.reads = true; }},
};
}  // namespace

/// What needs more of the player than its world.
struct Player::Lines {
  struct PeerAt {
    sim::World& world;
    net::Endpoint at;
  };
  static constexpr Row<PeerAt> kPeerActs[] = {
      {"sends", "\"…\"", "sends this on all its connections",
       [](PeerAt& p, Words& w) { p.world.internet.send(p.at, w.take(), p.world.now()); }},
      {"datagram", "\"…\"", "sends one to every UDP link",
       [](PeerAt& p, Words& w) {
         p.world.internet.send_datagram(p.at, 0, w.take(), p.world.now());
       }},
      {"closes", "", "closes all its connections",
       [](PeerAt& p, Words&) { p.world.internet.close(p.at, p.world.now()); }},
      {"resets", "", "resets them", [](PeerAt& p, Words&) { p.world.internet.reset(p.at); }},
      {"was-reset", "", "checks that the module has reset its last connection",
       [](PeerAt& p, Words&) {
         if (!p.world.internet.find_peer(p.at)->was_reset) throw BadLine("it was not reset");
       }},
      {"got", "\"…\"", "checks all that ever came to it",
       [](PeerAt& p, Words& w) {
         const std::string want = w.take(), got = p.world.internet.received_by(p.at);
         if (got != want) throw BadLine("the peer got " + escaped(got.substr(0, 400)));
       }},
  };

  struct StationAt {
    sim::World& world;
    MacAddress mac;
  };
  static std::size_t forget_station(StationAt& s) {
    return std::erase_if(s.world.air.stations,
                         [&](const sim::SimulatedStation& other) { return other.mac == s.mac; });
  }
  static constexpr Row<StationAt> kStation[] = {
      {"joins", "[A]", "is in the module's own access point, whatever its rules say",
       [](StationAt& s, Words& w) {
         s.world.radio().station_joins(s.mac, w.empty() ? Ipv4{} : w.take_address(), s.world.now());
       }},
      {"leaves", "", "has left it",
       [](StationAt& s, Words&) { s.world.radio().station_leaves(s.mac, s.world.now()); }},
      {"seeks", "\"ssid\" \"password\" [after D]",
       "a simulated station joins the softAP of that name by its rules, asks for an address, and "
       "comes again whenever it has lost it; `after` says how long the softAP must have been there",
       [](StationAt& s, Words& w) {
         sim::SimulatedStation station{.ssid = w.take(), .password = w.take(), .mac = s.mac};
         if (w.take_if("after")) station.after = w.take_duration();
         forget_station(s);
         s.world.air.stations.push_back(station);
       }},
      {"vanishes", "", "that station is gone",
       [](StationAt& s, Words&) {
         if (forget_station(s) == 0) throw BadLine("no such station");
       }},
  };

  using AccessPoints = std::vector<sim::AccessPoint>;
  /// Takes the access point of that name out of the one list, into the other.
  static void move(AccessPoints& from, AccessPoints& to, const std::string& ssid) {
    const auto at =
        std::find_if(from.begin(), from.end(), [&](const auto& ap) { return ap.ssid == ssid; });
    if (at == from.end()) throw BadLine("no such access point: " + ssid);
    to.push_back(*at);
    from.erase(at);
  }
  static constexpr Row<Player> kAir[] = {
      {"none", "", "there is no access point left",
       [](Player& p, Words&) { p.world().air.access_points.clear(); }},
      {"loses", "\"ssid\"", "this one is gone",
       [](Player& p, Words& w) { move(p.world().air.access_points, p.lost_, w.take()); }},
      {"presses", "\"ssid\"", "somebody presses its WPS button",
       [](Player& p, Words& w) {
         const std::string ssid = w.take();
         p.world().settle();  // what was changed before is in the air
         const auto& all = p.world().air.access_points;
         const auto at =
             std::find_if(all.begin(), all.end(), [&](const auto& ap) { return ap.ssid == ssid; });
         if (at == all.end()) throw BadLine("no such access point: " + ssid);
         p.world().apply(sim::PressButton{at->bssid});
       }},
      {"regains", "\"ssid\"", "it is back",
       [](Player& p, Words& w) { move(p.lost_, p.world().air.access_points, w.take()); }},
  };
  static void change_air(Player& player, Words& words) {
    if (run_row(kAir, player, words)) return;
    NewAccessPoint ap{.it = {.ssid = words.take(), .password = words.take()}};
    run_rows(kAccessPoint, ap, words);
    if (ap.address) {
      ap.it.network = Ipv4(ap.address->bits & ap.it.netmask.bits);
      ap.it.pool = sim::Pool{*ap.address, *ap.address};
    }
    sim::add_access_point(player.world().air, ap.it);
  }

  static void change_peer(Player& player, Words& words) {
    PeerAt peer{player.world(), words.take_endpoint()};
    sim::Internet& internet = peer.world.internet;
    sim::FarHost* known = internet.find_peer(peer.at);
    if (known != nullptr && run_row(kPeerActs, peer, words)) return;
    if (known == nullptr) known = &internet.peers.emplace_back(sim::FarHost{.at = peer.at});
    run_rows(kPeer, *known, words);
  }
  static void add_page(Player& player, Words& words) {
    sim::Internet& internet = player.world().internet;
    const net::Endpoint at = words.take_endpoint();
    if (internet.find_peer(at) == nullptr) internet.peers.push_back({.at = at});
    sim::WebPage page{.at = at, .path = words.take()};
    run_rows(kPage, page, words);
    std::erase_if(internet.web.pages,
                  [&](const sim::WebPage& p) { return p.at == page.at && p.path == page.path; });
    internet.web.pages.push_back(page);
  }
  static void add_client(Player& player, Words& words) {
    const net::Endpoint from = words.take_endpoint();
    sim::Internet& internet = player.world().internet;
    if (internet.find_peer(from) == nullptr) internet.peers.push_back({.at = from});
    const auto port = number<std::uint16_t>(words);
    if (internet.connect(from, port, player.world().now()) == words.take_if("in-vain"))
      throw BadLine("nobody listens there, or somebody does after all");
  }
  static void change_station(Player& player, Words& words) {
    StationAt station{player.world(), words.take_mac()};
    if (!run_row(kStation, station, words))
      throw BadLine("a station joins, leaves, seeks, or vanishes");
  }
  static void add_name(Player& player, Words& words) {
    const std::string name = words.take();
    std::optional<Ipv4> address;
    if (!words.take_if("silent")) address = words.take_address();
    player.world().internet.names.push_back({name, address});
  }
  /// A line of one word, which its subject must know.
  template <auto& rows, class On>
  static void one_of(On& on, Words& words) {
    if (!run_row(rows, on, words)) throw BadLine("it does nothing like that: " + words.take());
  }
  static constexpr Row<sim::World> kBroker[] = {
      {"wants", "\"user\" \"password\"", "lets in nobody else",
       [](sim::World& world, Words& w) {
         world.internet.mqtt.user = w.take();
         world.internet.mqtt.password = w.take();
       }},
      {"refuses-topics", "", "ends the connection of whoever subscribes",
       [](sim::World& world, Words&) { world.internet.mqtt.refuses_topics = true; }},
      {"publishes", "\"topic\" \"…\"", "has a message for those who have subscribed to its topic",
       [](sim::World& world, Words& w) {
         const std::string topic = w.take();
         world.internet.mqtt.publish(topic, w.take(), world.internet, world.now());
       }},
      {"hangs-up", "", "ends the connection",
       [](sim::World& world, Words&) { world.internet.mqtt.drop(world.internet, world.now()); }},
      {"heard", "\"…\"",
       "checks all that it has heard by now: clients, messages as topic=…, last wills, each with a "
       "\\n",
       [](sim::World& world, Words& w) {
         const std::string want = w.take(), got = world.internet.mqtt.heard();
         if (got != want) throw BadLine("it heard " + escaped(got.substr(0, 400)));
       }},
  };
  struct PinAt {
    sim::World& world;
    std::uint8_t pin;
    void hold(pins::Level level) {
      world.apply(sim::SetPin{world.module().identity().station_mac, pin, level});
    }
  };
  static constexpr Row<PinAt> kPin[] = {
      {"low", "", "what is attached to it holds it low",
       [](PinAt& p, Words&) { p.hold(pins::Level::low); }},
      {"high", "", "holds it high", [](PinAt& p, Words&) { p.hold(pins::Level::high); }},
      {"open", "", "lets it go, as it is at first",
       [](PinAt& p, Words&) { p.hold(pins::Level::open); }},
      {"driven", "L", "checks how the module drives it: low, high or open",
       [](PinAt& p, Words& w) {
         const std::string want = w.take();
         constexpr const char* kNames[] = {"open", "low", "high"};
         const auto got = static_cast<std::size_t>(p.world.wiring().driven(p.pin));
         if (want != kNames[got]) throw BadLine(std::string("the module drives it ") + kNames[got]);
       }},
  };
  static void change_pin(Player& player, Words& words) {
    PinAt pin{player.world(), number<std::uint8_t>(words)};
    if (pin.pin >= pins::kPins) throw BadLine("there is no such pin");
    one_of<kPin>(pin, words);
  }
  static void set_analog_input(Player& player, Words& words) {
    const auto value = number<std::uint16_t>(words);
    if (value > pins::kMostMeasured) throw BadLine("the analog input reads less");
    sim::World& world = player.world();
    world.apply(sim::SetAnalogInput{world.module().identity().station_mac, value});
  }
  static void send_by_phone(Player& player, Words& words) {
    const std::string method = words.take();
    if (method != "esptouch" && method != "airkiss") throw BadLine("no way to send: " + method);
    sim::PhoneSends sends{.method = method == "airkiss" ? radio::PhoneMethod::airkiss
                                                        : radio::PhoneMethod::esptouch};
    sends.ssid = words.take();
    sends.password = words.take();
    player.world().apply(sends);
  }
  static void check_announced(Player& player, Words& words) {
    const auto& announced = player.world().internet.announced;
    const std::string want = words.take(),
                      got = announced ? std::string(announced->name.view()) : std::string();
    if (want != got) throw BadLine('"' + got + "\" is announced");
  }
  static void check_channel(Player& player, Words& words) {
    const sim::AccessPoint* own = player.world().radio().own_network();
    const int want = number<int>(words), got = own == nullptr ? 0 : own->channel;
    if (got != want) throw BadLine("it is on channel " + std::to_string(got));
  }
  static void check_dropped(Player& player, Words& words) {
    const std::uint64_t want = words.take_number(), got = player.world().module().dropped_bytes();
    if (got != want) throw BadLine("the module counted " + std::to_string(got) + " bytes");
  }
  static constexpr Row<Player> kModule[] = {
      {"station-mac", "M", "its station's MAC address",
       [](Player& p, Words& w) { p.identity_.station_mac = w.take_mac(); }},
      {"radio", "free",
       "its access point stays on its own channel while the station is associated on another",
       [](Player& p, Words& w) {
         if (!w.take_if("free")) throw BadLine("a radio can only be set free");
         p.identity_.channels = sim::Channels::free;
       }},
      {"at-version", "\"…\"", "the first line of AT+GMR",
       [](Player& p, Words& w) { p.set_version("AT version:", w.take()); }},
      {"sdk-version", "\"…\"", "the second one",
       [](Player& p, Words& w) { p.set_version("SDK version:", w.take()); }},
      {"compile-time", "\"…\"", "when the program was built",
       [](Player& p, Words& w) { p.identity_.build_time = w.take(); }},
  };
  /// Only possible in front of everything else.
  static constexpr Row<Player> kFirst[] = {
      {"power", "on", "begin at power-up instead: `ready` comes after 200 ms, echo is on",
       [](Player& p, Words& w) {
         if (!w.take_if("on")) throw BadLine("power can only be switched on");
         if (p.world_ != nullptr) throw BadLine("the module has power already");
         p.start(false);
       }},
      {"personality", "P …",
       "the personalities that this is played with, one after the other; without it, `bfq4004`",
       [](Player& p, Words& w) {
         bool is_one = false;
         while (!w.empty()) is_one = w.take() == p.dialect_.name || is_one;
         if (!is_one) throw BadLine("it is not played with this personality");
       }},
      {"module", "…", "what is burnt into it:",
       [](Player& p, Words& w) {
         if (p.world_ != nullptr) throw BadLine("the module has been built already");
         one_of<kModule>(p, w);
       },
       [] { return help("module ", kModule); }},
  };
  static constexpr Row<Player> kAnyTime[] = {
      {"peer", "A:P …", "a port of a far host, for TCP and UDP:", change_peer,
       [] { return help("peer A:P ", kPeer) + help("peer A:P ", kPeerActs); }},
      {"page", "A:P \"/path\" …",
       "what a peer answers by HTTP at that path; at all others it says 404:", add_page,
       [] { return help("page A:P \"/path\" ", kPage); }},
      {"broker", "…", "MQTT brokers, which all peers that accept are:",
       [](Player& p, Words& w) { one_of<kBroker>(p.world(), w); },
       [] { return help("broker ", kBroker); }},
      {"client", "A:P N",
       "somebody connects to the module's server on port N, and is a peer from then on; `in-vain` "
       "at the end when nobody listens",
       add_client},
      {"station", "M …", "somebody in the module's own access point, or who wants to be:",
       change_station, [] { return help("station M ", kStation); }},
      {"soft-ap", "N",
       "checks the channel that the module's own access point is on; 0: there is none",
       check_channel},
      {"pin", "N …", "a pin of the module:", change_pin, [] { return help("pin N ", kPin); }},
      {"analog", "N", "the analog input reads so from now on", set_analog_input},
      {"phone", "METHOD \"ssid\" \"password\"",
       "a phone sends that network for a minute: `esptouch` or `airkiss`", send_by_phone},
      {"announced", "\"…\"",
       "checks by which name the module can be found on its LAN; empty: by none", check_announced},
      {"dropped", "N",
       "checks how many bytes the module has counted that were typed in transparent transmission "
       "and dropped",
       check_dropped},
      {"name", "\"n\" A", "a host name; every other one does not exist. `silent` for A: no answer",
       add_name},
      {"air", "\"ssid\" \"password\" …",
       "one more access point, or what becomes of those that there are:", change_air,
       [] { return help("air ", kAir) + help("air \"ssid\" \"password\" ", kAccessPoint); }},
      {"delay", "…",
       "how long things take:", [](Player& p, Words& w) { one_of<kDelays>(p.world(), w); },
       [] { return help("delay ", kDelays); }},
      {"network", "…", "the network between them:",
       [](Player& p, Words& w) { one_of<kNetwork>(p.world().internet, w); },
       [] { return help("network ", kNetwork); }},
      {"host", "…",
       "the host at the UART:", [](Player& p, Words& w) { one_of<kHost>(p.world(), w); },
       [] { return help("host ", kHost); }},
      {"flash", "…", "its flash memory:", [](Player& p, Words& w) { one_of<kFlash>(p.world(), w); },
       [] { return help("flash ", kFlash); }},
      {"fault", "…", "something goes wrong within the module:",
       [](Player& p, Words& w) {
         Event fault;
         one_of<kFault>(fault, w);
         p.inject(fault);
       },
       [] { return help("fault ", kFault); }},
      {"hang-up", "", "the host drops DTR where that hangs up",
       [](Player& p, Words&) { p.world().tell(uart::HangUp{}); }},
      {"reset", "", "the reset line", [](Player& p, Words&) { p.world().reset(); }},
  };
};

/// Lines that are only possible while there is no world yet.
bool Player::prepare(Words words) {
  if (!run_row(Lines::kFirst, *this, words)) return false;
  words.end();
  return true;
}

/// The line of AT+GMR that begins with the label goes on with that text.
void Player::set_version(std::string_view label, const std::string& text) {
  const auto line = std::find_if(version_lines_.begin(), version_lines_.end(),
                                 [&](const auto& l) { return l.before.starts_with(label); });
  if (line == version_lines_.end()) throw BadLine("AT+GMR has no such line");
  *line = {version_texts_.emplace_back(std::string(label) + text)};
}

void Player::act(std::string_view line) {
  Words words(line);
  if (!run_row(Lines::kAnyTime, *this, words)) throw BadLine("what is " + words.take() + '?');
  words.end();
  world().settle();
}

void Player::inject(const Event& fault) {
  if (audience_ != nullptr) audience_->injected(fault);
  world().tell(fault);
}

std::string Player::lines() {
  const std::string head = "| line | means |\n|---|---|\n";
  return "In front of everything else:\n\n" + head + help("", Lines::kFirst) +
         "\nAt any time:\n\n" + head + help("", Lines::kAnyTime);
}
}  // namespace bfq
