#include "daemon/http/metrics.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <vector>

#include "daemon/process/version.h"
#include "settings/stored_keys.h"

namespace bfq::http {
namespace {
/// What a row is computed from.
struct ModuleFigures {
  const std::string& name;
  bool power = false;
  Status status;
};

/// A figure of each module.
struct ModuleMetric {
  std::string_view name, type, help;
  double (*value)(const ModuleFigures&);
};

constexpr ModuleMetric kOfModules[] = {
    {"bfq_module_power", "gauge", "1 while the module has power.",
     [](const ModuleFigures& m) { return m.power ? 1.0 : 0.0; }},
    {"bfq_module_associated", "gauge", "1 while its station is associated.",
     [](const ModuleFigures& m) { return m.status.associated ? 1.0 : 0.0; }},
    {"bfq_module_addressed", "gauge", "1 while its station has an address.",
     [](const ModuleFigures& m) { return m.status.station_address != Ipv4{} ? 1.0 : 0.0; }},
    {"bfq_module_links", "gauge", "Links that are open.",
     [](const ModuleFigures& m) {
       return static_cast<double>(
           std::count_if(m.status.links.begin(), m.status.links.end(),
                         [](const Status::Link& link) { return link.open; }));
     }},
    {"bfq_module_free_bytes", "gauge", "What AT+SYSRAM answers.",
     [](const ModuleFigures& m) { return static_cast<double>(m.status.free_bytes); }},
    {"bfq_module_uart_unread_bytes", "gauge", "Bytes that the hosts have not read.",
     [](const ModuleFigures& m) { return static_cast<double>(m.status.waiting_for_host); }},
};

/// A figure of each open link.
struct LinkMetric {
  std::string_view name, type, help;
  std::uint64_t (*value)(const Status::Link&);
};

constexpr LinkMetric kOfLinks[] = {
    {"bfq_link_received_bytes_total", "counter", "Bytes that came from the network.",
     [](const Status::Link& link) -> std::uint64_t { return link.bytes_in; }},
    {"bfq_link_sent_bytes_total", "counter", "Bytes that went to the network.",
     [](const Status::Link& link) -> std::uint64_t { return link.bytes_out; }},
    {"bfq_link_unread_bytes", "gauge", "Bytes that wait for AT+CIPRECVDATA.",
     [](const Status::Link& link) -> std::uint64_t { return link.unread; }},
};

void begin(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

/// A figure without labels.
template <class Number>
void put(std::string& out, std::string_view name, std::string_view type, std::string_view help,
         Number value) {
  begin(out, name, type, help);
  out += fmt::format("{} {}\n", name, value);
}

void put_program(std::string& out, const control::Channel& channel, std::size_t clients) {
  begin(out, "bfq_build_info", "gauge", "The program, by its version.");
  out += fmt::format("bfq_build_info{{version=\"{}\"}} 1\n", process::kVersion);
  const Duration up = channel.program.clock.now().time_since_epoch();
  put(out, "bfq_uptime_seconds", "gauge", "How long the program has been running.",
      std::chrono::duration<double>(up).count());
  put(out, "bfq_heap_bytes", "gauge", "Bytes of its heap that are in use.", mallinfo2().uordblks);
  put(out, "bfq_events_total", "counter", "Events of the control channel.", channel.events.last());
  put(out, "bfq_http_clients", "gauge", "HTTP clients that are connected.", clients);
}

void put_flash(std::string& out, const std::vector<ModuleFigures>& modules) {
  begin(out, "bfq_flash_writes_total", "counter",
        "How often something was written since the flash was new.");
  for (const ModuleFigures& module : modules)
    for (const record::StoredKey& row : record::kStoredKeys)
      out += fmt::format("bfq_flash_writes_total{{module=\"{}\",key=\"{}\"}} {}\n", module.name,
                         row.name.view(), module.status.writes[static_cast<std::size_t>(row.key)]);
}
}  // namespace

// The names of modules are such that a label needs no escapes: see world::module_name().
std::string metrics(const control::Channel& channel, std::size_t http_clients) {
  std::vector<ModuleFigures> modules;
  for (const auto& board : channel.program.boards)
    modules.push_back({board->name(), board->has_power(), board->module().status()});
  std::string out;
  put_program(out, channel, http_clients);
  for (const ModuleMetric& row : kOfModules) {
    begin(out, row.name, row.type, row.help);
    for (const ModuleFigures& module : modules)
      out += fmt::format("{}{{module=\"{}\"}} {}\n", row.name, module.name, row.value(module));
  }
  for (const LinkMetric& row : kOfLinks) {
    begin(out, row.name, row.type, row.help);
    for (const ModuleFigures& module : modules)
      for (std::size_t id = 0; id < module.status.links.size(); ++id)
        if (const Status::Link& link = module.status.links[id]; link.open)
          out += fmt::format("{}{{module=\"{}\",link=\"{}\"}} {}\n", row.name, module.name, id,
                             row.value(link));
  }
  put_flash(out, modules);
  return out;
}
}  // namespace bfq::http
