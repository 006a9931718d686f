#include "daemon/control/client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstring>
#include <utility>

#include "daemon/control/place.h"
#include "daemon/process/failure.h"
#include "daemon/process/files.h"
#include "daemon/process/number.h"
#include "daemon/world/toml.h"

namespace bfq::control {
namespace {
/// A socket that is connected; -1, with errno, where that fails.
int connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() > longest_socket_path()) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket >= 0 &&
      connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    close(socket);
    errno = error;
    return -1;
  }
  return socket;
}

// Arguments ---------------------------------------------------------------------------------------

json::value element(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return number;
  return json::string(text);
}

json::array elements(std::string_view text) {
  json::array out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    out.push_back(element(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

/// What was written, as the argument's type has it; what fits no type goes as a text, which the
/// program refuses with what is allowed.
json::value value_of(std::string_view type, const std::string& text) {
  if (type == "integer")
    if (const auto number = process::whole_number<std::int64_t>(text)) return *number;
  if (type == "number")
    if (const JsonReading reading = read_json(text); reading.value && reading.value->is_number())
      return *reading.value;
  if ((type == "boolean" || type == "any") && (text == "true" || text == "false"))
    return text == "true";
  if (text.starts_with('[') || text.starts_with('{')) {
    JsonReading reading = read_json(text);
    if (reading.value && type != "string") return *std::move(reading.value);
  }
  if (type == "array") return elements(text);
  return json::string(text);
}

const world::KeyInfo* find_key(const std::vector<world::KeyInfo>& keys, std::string_view name) {
  const auto at = std::find_if(keys.begin(), keys.end(),
                               [&](const world::KeyInfo& key) { return key.name == name; });
  return at == keys.end() ? nullptr : &*at;
}

/// "dhcp.pool" goes into the object "dhcp".
void put(json::object& arguments, const std::vector<world::KeyInfo>& keys, std::string_view path,
         const std::string& text) {
  const std::size_t dot = path.find('.');
  const world::KeyInfo* const table =
      dot == std::string_view::npos ? nullptr : find_key(keys, path.substr(0, dot));
  if (table != nullptr && !table->inner.empty()) {
    json::value& inner = arguments[table->name];
    if (!inner.is_object()) inner.emplace_object();
    return put(inner.get_object(), table->inner, path.substr(dot + 1), text);
  }
  const world::KeyInfo* const key = find_key(keys, path);
  arguments[path] = value_of(key != nullptr ? key->type : "string", text);
}

// For people --------------------------------------------------------------------------------------

bool is_plain(const json::value& value) { return !value.is_object() && !value.is_array(); }

std::string plain(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

bool is_plain_list(const json::value& value) {
  return value.is_array() &&
         std::all_of(value.get_array().begin(), value.get_array().end(), is_plain);
}

std::string plain_list(const json::array& list) {
  std::string out;
  for (const json::value& each : list) out += (out.empty() ? "" : ", ") + plain(each);
  return out.empty() ? "none" : out;
}

void list_members(std::string& out, const json::object& object, const std::string& indent,
                  std::string first) {
  for (const auto& [name, value] : object) {
    out += std::exchange(first, indent) + std::string(name) + ':';
    if (is_plain(value)) {
      out += ' ' + plain(value) + '\n';
    } else if (is_plain_list(value)) {
      out += ' ' + plain_list(value.get_array()) + '\n';
    } else if (value.is_object()) {
      out += '\n';
      list_members(out, value.get_object(), indent + "  ", indent + "  ");
    } else {
      out += '\n';
      for (const json::value& each : value.get_array())
        if (each.is_object())
          list_members(out, each.get_object(), indent + "    ", indent + "  - ");
    }
  }
}

// The connection ----------------------------------------------------------------------------------

class SocketConnection final : public ProgramConnection {
 public:
  explicit SocketConnection(const std::string& path) : socket_(connect_to(path)) {
    if (socket_ < 0) process::fail_with_errno("cannot connect to the control channel at " + path);
  }
  ~SocketConnection() override { close(socket_); }

  void send(const json::object& request) override {
    const std::string text = json::serialize(request) + '\n';
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t n = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) process::fail_with_errno("cannot ask the program");
      sent += static_cast<std::size_t>(n);
    }
  }

  std::string read_line() override {
    while (true) {
      if (const std::size_t end = read_.find('\n'); end != std::string::npos) {
        std::string line = read_.substr(0, end);
        read_.erase(0, end + 1);
        return line;
      }
      char buffer[4096];
      const ssize_t n = read(socket_, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return {};
      read_.append(buffer, static_cast<std::size_t>(n));
    }
  }

 private:
  int socket_ = -1;
  std::string read_;
};
}  // namespace

std::unique_ptr<ProgramConnection> connect_to_socket(const std::string& path) {
  return std::make_unique<SocketConnection>(path);
}

bool answers(const std::string& path) {
  const int socket = connect_to(path);
  if (socket >= 0) close(socket);
  return socket >= 0;
}

namespace {
/// All arguments, as a file has them; what world.show has answered among them.
json::object arguments_in(const std::string& path) {
  constexpr std::size_t kLongest = std::size_t{1} << 20U;
  const std::string text = process::read_file(path, kLongest, process::Readable::anything);
  JsonReading reading = read_json(text);
  if (reading.value && reading.value->is_object()) {
    json::object object = reading.value->get_object();
    if (json::value* answered = object.if_contains("return"); answered && answered->is_object())
      return answered->get_object();
    return object;
  }
  const world::TomlReading toml = world::read_toml(text, path);
  if (!toml.table) throw process::UsageError(path + ": this is neither JSON nor TOML: " + toml.why);
  return to_json(world::Value{.is = *toml.table}).as_object();
}
}  // namespace

json::object request_of(const ControlCommand& command, const std::vector<std::string>& words) {
  json::object arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i];
    if (word.starts_with('@')) {
      for (auto& [name, value] : arguments_in(word.substr(1))) arguments[name] = value;
      continue;
    }
    const bool is_option = word.starts_with("--");
    if (is_option) word.erase(0, 2);
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos && equals > 0) {
      put(arguments, command.arguments, word.substr(0, equals), word.substr(equals + 1));
    } else if (is_option && i + 1 < words.size()) {
      put(arguments, command.arguments, word, words[++i]);
    } else {
      throw process::UsageError(
          fmt::format("'{}': write ARG=VALUE; bfq4004 ctl {} --help tells what there is", words[i],
                      command.name));
    }
  }
  return {{"id", 1}, {"command", command.name}, {"arguments", std::move(arguments)}};
}

std::string for_people(const json::object& object) {
  std::string out;
  list_members(out, object, "", "");
  return out;
}

std::string line_for_people(const json::object& event) {
  std::string out;
  if (const auto* time = event.if_contains("time"); time != nullptr && time->is_int64())
    out += fmt::format("{:12.6f} ", static_cast<double>(time->get_int64()) / 1e6);
  if (const auto* number = event.if_contains("number")) out += '#' + plain(*number) + ' ';
  if (const auto* name = event.if_contains("event")) out += plain(*name);
  for (const auto& [name, value] : event)
    if (name != "time" && name != "number" && name != "event")
      out += fmt::format(" {}={}", std::string_view(name), plain(value));
  return out;
}
}  // namespace bfq::control
