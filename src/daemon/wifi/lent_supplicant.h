#pragma once
#include <optional>
#include <set>
#include <string>

namespace bfq::wifi {

/// A wpa_supplicant of the machine's, of which a module has the use for a while. What it was set up
/// with is noted and rests; in the end it has that again, and nothing more.
class LentSupplicant {
 public:
  /// `socket` is its control socket for the interface. In `directory` is noted what it had: of
  /// what another process has noted there, give_back() may be called at once.
  LentSupplicant(std::string socket, const std::string& directory);

  /// False where nobody answers. To be called again when it has come back.
  bool take();
  void give_back();

 private:
  struct Networks {
    std::set<std::string> all{}, enabled{};  ///< by their numbers
  };
  std::optional<std::string> ask(const std::string& command) const;
  std::optional<Networks> networks() const;

  void write_note() const;

  std::string socket_, note_;
  std::optional<Networks> noted_{};
};
}  // namespace bfq::wifi
