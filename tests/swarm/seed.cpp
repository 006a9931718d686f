#include "seed.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "base/check_host.h"
#include "run.h"
#include "shrink.h"

namespace bfq::swarm {
namespace {
/// What a CHECK does here, instead of ending the program: the module that it happened in is not
/// used again.
[[noreturn]] void turn_into_violation() { throw Violation("a CHECK failed"); }

std::string live(unsigned seed, const std::vector<unsigned>& steps, const Run::Options& options) {
  when_check_fails(turn_into_violation);
  return Run(seed, options).live(steps);
}

/// Lets nothing be said on standard error: a CHECK says the same each time.
class Silence {
 public:
  Silence() : saved_(dup(STDERR_FILENO)) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  }
  ~Silence() {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int saved_;
};

bool write_file(const std::string& path, std::span<const std::byte> bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const bool written =
      file >= 0 && write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  if (file >= 0) close(file);
  return written;
}
}  // namespace

std::vector<unsigned> all_steps() {
  std::vector<unsigned> steps(kSteps);
  std::iota(steps.begin(), steps.end(), 0U);
  return steps;
}

std::optional<Violation> fault_of(unsigned seed, const std::vector<unsigned>& steps, bool tells) {
  try {
    const std::string watched = live(seed, steps, {.manner = Manner::watched, .tells = tells});
    const std::string whole = live(seed, steps, {.manner = Manner::in_one_piece});
    if (whole != watched) {
      const auto [one, other] =
          std::mismatch(whole.begin(), whole.end(), watched.begin(), watched.end());
      demand(false, "prints something else when typed in one piece: ",
             Shown{std::string(one, whole.end())}, " instead of ",
             Shown{std::string(other, watched.end())});
    }
  } catch (const Violation& violation) {
    return violation;
  } catch (const std::exception& error) {
    return Violation(error.what());
  }
  return std::nullopt;
}

Shrunk shrink_seed(unsigned seed, const Violation& violation, const std::string& path) {
  const Silence silence;
  Shrunk shrunk{violation, {}, path};
  shrunk.steps = shrink(all_steps(), [&](const std::vector<unsigned>& steps) {
    const auto fault = fault_of(seed, steps);
    if (!fault || fault->invariant() != violation.invariant()) return false;
    shrunk.violation = *fault;
    return true;
  });
  journal::Pages pages;
  try {
    live(seed, shrunk.steps, {.journal = &pages});
  } catch (const std::exception&) {
    // it is what the journal is about
  }
  if (!write_file(path, pages.all())) shrunk.journal.clear();
  return shrunk;
}

}  // namespace bfq::swarm
