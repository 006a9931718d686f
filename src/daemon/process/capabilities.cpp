#include "daemon/process/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "daemon/process/failure.h"

namespace bfq::process {
namespace {
struct Row {
  int capability;
  std::string_view name;
  bool (*needed)(const LaterActs&);
};

constexpr std::array kRows = {
    // AT+CIPSERVER takes port 333 where none is typed, and UDP links have any local port.
    Row{CAP_NET_BIND_SERVICE, "net_bind_service", [](const LaterActs&) { return true; }},
    // AT+PING, where net.ipv4.ping_group_range leaves this group out, as in most containers.
    Row{CAP_NET_RAW, "net_raw", [](const LaterActs& acts) { return acts.pings_raw; }},
    // A tty, a PTY given to who called sudo or the state may belong to another user.
    Row{CAP_DAC_OVERRIDE, "dac_override",
        [](const LaterActs& acts) {
          return acts.reopens_tty || acts.gives_to_caller || acts.stores_for_another;
        }},
    // A world file is read again whoever owns it.
    Row{CAP_DAC_READ_SEARCH, "dac_read_search",
        [](const LaterActs& acts) { return acts.reads_world_again; }},
    // What is made later, such as another PTY, belongs to who called sudo too.
    Row{CAP_CHOWN, "chown",
        [](const LaterActs& acts) { return acts.gives_to_caller || acts.stores_for_another; }},
    // In a folder such as /tmp, only the owner of a link, a socket or a stale lock may remove it.
    Row{CAP_FOWNER, "fowner",
        [](const LaterActs& acts) { return acts.gives_to_caller || acts.reopens_tty; }},
};

using Sets = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

constexpr __user_cap_header_struct kThisThread{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
}  // namespace

std::string drop_capabilities(const LaterActs& acts) {
  __user_cap_header_struct header = kThisThread;
  Sets sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0)
    fail_with_errno("cannot read the capabilities");
  Sets kept{};
  std::string names;
  for (const Row& row : kRows) {
    const auto word = static_cast<std::size_t>(CAP_TO_INDEX(row.capability));
    const std::uint32_t bit = CAP_TO_MASK(row.capability);
    if (!row.needed(acts) || (sets[word].permitted & bit) == 0) continue;
    kept[word].permitted |= bit;
    kept[word].effective |= sets[word].effective & bit;
    names += (names.empty() ? "" : ", ") + std::string(row.name);
  }
  // The bounding set counts for programs that are started, which there are none of; so where it may
  // not be changed, as by an ordinary user, it stays.
  for (int each = 0; each <= CAP_LAST_CAP; ++each) prctl(PR_CAPBSET_DROP, each);
  header = kThisThread;
  if (syscall(SYS_capset, &header, kept.data()) != 0) fail_with_errno("cannot drop capabilities");
  return names;
}

void drop_all_capabilities() {
  __user_cap_header_struct header = kThisThread;
  const Sets none{};
  syscall(SYS_capset, &header, none.data());  // giving up is refused to nobody
}
}  // namespace bfq::process
