#include "daemon/wifi/scanner.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace bfq::wifi {
namespace {
// Ours: how long one rests that meets another scan, such as the supplicant's own, or that the
// driver refuses, and how often it may: an interface that has just come up, or whose rfkill switch
// was just released, is busy for a moment, and for seconds on a slow machine.
constexpr std::chrono::milliseconds kRest{200};
constexpr int kMostTries = 20;
// ID, BSSID, frequency, level, information elements, flags and name, by wpa_ctrl.h.
constexpr const char* kFields = "MASK=0x1c87";

bool names_one(const radio::Scan& what) { return what.ssid && !what.ssid->empty(); }

std::string command_for(const radio::Scan& what, radio::ScanType type) {
  std::string channels;
  for (std::uint8_t channel = 1; channel <= 14; ++channel) {
    const bool is_wanted =
        what.channels.holds(channel) && what.channel.value_or(channel) == channel;
    if (is_wanted)
      channels += fmt::format("{}{}", channels.empty() ? "" : ",", frequency_of(channel));
  }
  std::string command = "SCAN TYPE=ONLY freq=" + channels;
  if (type == radio::ScanType::passive)
    command += " passive=1";
  else if (names_one(what))
    command += " ssid " + hexadecimal(what.ssid->view());
  return command;
}

/// Whoever asks stays on a channel for 30 ms, and whoever listens for 110, by the kernel's
/// mac80211. One that hides its name answers to that name alone, and is otherwise heard by its
/// beacons, of which there is one in 102 ms: where nobody in particular is asked for, listening
/// follows. For who is named that, and asking again, is done where it was not heard at first.
std::vector<std::string> commands_for(const radio::Scan& what) {
  const radio::ScanType type = what.type.value_or(radio::ScanType::active);
  std::vector<std::string> commands{command_for(what, type)};
  if (type == radio::ScanType::active)
    commands.push_back(command_for(what, radio::ScanType::passive));
  if (names_one(what)) commands.push_back(commands.front());
  return commands;
}

bool fits(const Heard& heard, const radio::Scan& what) {
  const radio::ScanResult& seen = heard.seen;
  if (what.ssid && what.ssid->view() != seen.ssid.view()) return false;
  if (what.bssid && *what.bssid != seen.bssid) return false;
  return what.channels.holds(seen.channel) && what.channel.value_or(seen.channel) == seen.channel;
}
}  // namespace

Scanner::Scanner(boost::asio::io_context& io, Supplicant& supplicant)
    : supplicant_(supplicant), again_(io, [this] { begin(); }) {}

void Scanner::scan(const radio::Scan& what, Done done) {
  jobs_.push_back({commands_for(what), what, std::move(done)});
  if (jobs_.size() == 1) begin();
}

void Scanner::begin() {
  heard_.clear();
  if (jobs_.empty() || !supplicant_.is_open()) return;
  const Job& job = jobs_.front();
  if (job.passes == 0) supplicant_.ask("BSS_FLUSH 0");  // what was heard once may be gone
  supplicant_.ask(job.commands[job.passes], [this](std::string_view answer) {
    if (jobs_.empty()) return;
    if (answer.starts_with("FAIL-BUSY"))
      return again_.set(std::chrono::steady_clock::now() + kRest);
    if (!answer.starts_with("OK")) return try_again();
    is_looking_ = true;
  });
}

void Scanner::results_are_there() {
  if (!std::exchange(is_looking_, false)) return;
  Job& job = jobs_.front();
  if (++job.passes < job.commands.size() && !names_one(job.what)) return begin();
  list(std::string("BSS FIRST ") + kFields);
}

void Scanner::has_failed() {
  if (std::exchange(is_looking_, false)) try_again();
}

void Scanner::try_again() {
  if (++jobs_.front().tries == kMostTries) {
    spdlog::warn(
        "the driver does not scan; `bfq4004 doctor` may tell why, such as an rfkill switch");
    return end(false);
  }
  again_.set(std::chrono::steady_clock::now() + kRest);
}

void Scanner::supplicant_is_gone() {
  is_looking_ = false;
  again_.stop();
  if (!jobs_.empty()) jobs_.front().passes = 0;
}

void Scanner::list(const std::string& command) {
  supplicant_.ask(command, [this](std::string_view answer) {
    if (jobs_.empty()) return;
    const auto heard = read_bss(answer);
    const Job& job = jobs_.front();
    const bool is_over = !heard_.empty() || job.passes == job.commands.size();
    if (!heard) return is_over ? end(true) : begin();
    if (fits(*heard, jobs_.front().what)) heard_.push_back(*heard);
    list(fmt::format("BSS NEXT-{} {}", value_of(answer, "id"), kFields));
  });
}

void Scanner::end(bool succeeded) {
  const Job job = std::move(jobs_.front());
  jobs_.pop_front();
  const auto heard = succeeded ? std::optional(std::exchange(heard_, {})) : std::nullopt;
  if (!jobs_.empty()) begin();
  job.done(heard);
}

void Scanner::forget() {
  jobs_.clear();
  is_looking_ = false;
  again_.stop();
}

void Scanner::fail_all() {
  is_looking_ = false;
  again_.stop();
  for (const Job& job : std::exchange(jobs_, {})) job.done(std::nullopt);
}
}  // namespace bfq::wifi
