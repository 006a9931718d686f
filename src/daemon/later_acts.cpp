#include "daemon/later_acts.h"

#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "daemon/board/state_directory.h"
#include "daemon/process/caller.h"
#include "daemon/sockets/echo_request.h"

namespace bfq::daemon {
namespace {
namespace fs = std::filesystem;
using process::FileUse;
using process::LaterActs;
using Kind = serial::DoorSpec::Kind;

/// What every configuration reads: how names are looked up, and what certificates are worth.
constexpr std::array<std::string_view, 7> kAlwaysRead = {
    "/etc",  // as a whole: files such as hosts are replaced by others of the same name
    // where resolv.conf is a link to, also if that is so only later
    "/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf",
    // where the certificates of /etc/ssl/certs are links to
    "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/dev/urandom"};

/// Variables that have c-ares or OpenSSL read another file or folder.
constexpr std::array<const char*, 4> kNamesOfFiles = {"HOSTALIASES", "OPENSSL_CONF",
                                                      "SSL_CERT_FILE", "SSL_CERT_DIR"};

/// The nearest folder above a path that exists: a device may come with its folder.
std::string nearest_folder(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::absolute(path, error).parent_path();
  while (!fs::is_directory(folder, error) && folder != folder.root_path())
    folder = folder.parent_path();
  return folder.string();
}

/// The folder of a file, and of what it is a link to: editors replace a file by another.
void add_folders(LaterActs& acts, const std::string& path, FileUse use) {
  acts.places.push_back({nearest_folder(path), use});
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  if (!error) acts.places.push_back({target.parent_path().string(), use});
}

void add_reading(LaterActs& acts, const Options& options) {
  for (const std::string_view place : kAlwaysRead)
    acts.places.push_back({std::string(place), FileUse::read});
  acts.places.push_back({X509_get_default_cert_area(), FileUse::read});
  add_folders(acts, "/etc/resolv.conf", FileUse::read);
  for (const char* name : kNamesOfFiles)
    if (const char* path = std::getenv(name); path != nullptr)
      acts.places.push_back({path, FileUse::read});
  acts.reads_world_again = options.world.is_file();
  if (!acts.reads_world_again) return;
  add_folders(acts, options.world.name(), FileUse::read);
  for (const board::ModuleSpec& module : options.modules)
    for (const auto* file :
         {&module.tls_files.authorities, &module.tls_files.certificate, &module.tls_files.key})
      if (!file->empty()) add_folders(acts, *file, FileUse::read);
}

void add_state(LaterActs& acts, const Options& options) {
  if (!options.state_directory) {
    // What led to a failed CHECK is saved there.
    return acts.places.push_back({board::temporary_directory(), FileUse::add});
  }
  struct stat about {};
  acts.stores_for_another =
      stat(options.state_directory->c_str(), &about) == 0 && about.st_uid != geteuid();
  acts.places.push_back({*options.state_directory, FileUse::store});
}

void add_pty(LaterActs& acts, const std::string& link) {
  for (const char* device : {"/dev/ptmx", "/dev/pts", "/dev/null"})
    acts.places.push_back({device, FileUse::device});
  if (!link.empty()) acts.places.push_back({nearest_folder(link), FileUse::link});
}

/// Whatever device of /dev it is a link to by then; and its lock file.
void add_tty(LaterActs& acts, const std::string& device) {
  acts.reopens_tty = true;
  acts.places.push_back({"/dev", FileUse::device});
  add_folders(acts, device, FileUse::device);
  acts.places.push_back({"/var/lock", FileUse::store});
}

void add_door(LaterActs& acts, const serial::DoorSpec& door) {
  switch (door.kind) {
    case Kind::pty: return add_pty(acts, door.path);
    case Kind::tty: return add_tty(acts, door.path);
    case Kind::unix_socket:
      return acts.places.push_back({nearest_folder(door.path), FileUse::link});
    case Kind::stdio:  // open
    case Kind::tcp:
    case Kind::tcp_connect:
    case Kind::rfc2217:
    case Kind::ip232: return;  // sockets alone
  }
}
}  // namespace

LaterActs later_acts(const Options& options, const std::string& control_path) {
  LaterActs acts{.gives_to_caller = process::Caller::current().user() != geteuid(),
                 .pings_raw = !sockets::EchoRequest::is_permitted_to_all()};
  add_reading(acts, options);
  add_state(acts, options);
  if (!control_path.empty()) acts.places.push_back({nearest_folder(control_path), FileUse::link});
  if (!options.trace.empty())
    acts.places.push_back({nearest_folder(options.trace), FileUse::store});
  for (const board::ModuleSpec& module : options.modules)
    for (const serial::DoorSpec& door : module.doors) add_door(acts, door);
  return acts;
}
}  // namespace bfq::daemon
