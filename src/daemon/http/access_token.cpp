#include "daemon/http/access_token.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>

#include "daemon/board/journals.h"
#include "daemon/control/hex.h"
#include "daemon/process/caller.h"
#include "daemon/process/failure.h"
#include "daemon/process/files.h"

namespace bfq::http {
namespace {
constexpr int kRandomBytes = 32;
constexpr std::size_t kLength = 2 * kRandomBytes;

bool is_token(std::string_view text) {
  return text.size() == kLength &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Closes a file at the end of a scope.
struct OpenDescriptor {
  explicit OpenDescriptor(int file) : number(file) {}
  ~OpenDescriptor() {
    if (number >= 0) close(number);
  }
  OpenDescriptor(const OpenDescriptor&) = delete;
  OpenDescriptor& operator=(const OpenDescriptor&) = delete;
  int number;
};

/// Puts the text at `path`, all of it at once, unless there is something already.
void make_file(const std::string& path, const std::string& text) {
  const std::string draft = fmt::format("{}.{}", path, getpid());
  unlink(draft.c_str());
  const OpenDescriptor file(
      open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | process::kOwnFile, 0600));
  if (file.number < 0) process::fail_with_errno("cannot make the token of HTTP clients, " + draft);
  process::Caller::current().give(file.number);
  // A machine that stops now must not leave an empty token, with which no program starts.
  const bool is_whole =
      board::write_all(file.number, std::as_bytes(std::span(text))) && fsync(file.number) == 0;
  const bool is_there = is_whole && (link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int error = errno;
  unlink(draft.c_str());
  errno = error;
  if (!is_there) process::fail_with_errno("cannot write the token of HTTP clients, " + path);
}

std::string read_token(int file, const std::string& path) {
  struct stat about {};
  if (!process::is_regular(file) || fstat(file, &about) != 0)
    throw process::Failure(path + " is not a regular file; remove it, and a new one is made");
  process::refuse_of_others(file, path);
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw process::Failure(fmt::format(
        "{} has mode {:04o}: others may know the token; remove it, and a new one is made", path,
        about.st_mode & 07777U));
  std::array<char, kLength + 2> text{};
  const ssize_t n = read(file, text.data(), text.size());
  std::string_view token(text.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  if (token.ends_with('\n')) token.remove_suffix(1);
  if (!is_token(token))
    throw process::Failure(fmt::format(
        "{}: not a token, which has {} hexadecimal digits; remove it, and a new one is made", path,
        kLength));
  return std::string(token);
}
}  // namespace

std::string token_file(const std::string& state_directory) {
  return state_directory + "/http.token";
}

AccessToken AccessToken::fresh() {
  std::string bytes(kRandomBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), kRandomBytes) != 1)
    throw process::Failure("this machine has no random numbers for the token of HTTP clients");
  return AccessToken(control::hex(bytes));
}

AccessToken AccessToken::kept_in(const std::string& state_directory) {
  const std::string path = token_file(state_directory);
  const auto open_it = [&] { return open(path.c_str(), O_RDONLY | process::kOwnFile); };
  OpenDescriptor file(open_it());
  if (file.number < 0 && errno == ENOENT) {
    make_file(path, fresh().text() + '\n');
    file.number = open_it();
  }
  if (file.number < 0)
    throw process::Failure("cannot open " + path + ": " + process::why_not_opened(path));
  return AccessToken(read_token(file.number, path));
}

bool AccessToken::is(std::string_view text) const {
  return text.size() == text_.size() && CRYPTO_memcmp(text.data(), text_.data(), text.size()) == 0;
}

std::string Tickets::issue(Instant now) {
  forget_expired(now);
  if (tickets_.size() == kMost) tickets_.erase(tickets_.begin());
  return tickets_.emplace_back(IssuedTicket{AccessToken::fresh(), now + kValidFor}).token.text();
}

bool Tickets::redeem(std::string_view text, Instant now) {
  forget_expired(now);
  return std::erase_if(tickets_,
                       [&](const IssuedTicket& ticket) { return ticket.token.is(text); }) > 0;
}

void Tickets::forget_expired(Instant now) {
  std::erase_if(tickets_, [&](const IssuedTicket& ticket) { return ticket.until <= now; });
}
}  // namespace bfq::http
