// Goes through every row: what a masked parameter was given is shown by no log, no dialogue of a
// journal and no redacted journal, however it was typed. What other rows were given is shown whole.
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "at/secrets.h"
#include "cases.h"
#include "commands/bfq4004.h"
#include "commands/personalities.h"
#include "daemon/serial/trace.h"
#include "journal/redact.h"
#include "journal/replay.h"
#include "sim/world.h"

namespace bfq::conformance {
namespace {
using serial::Direction;
using serial::SecretMask;

// Every letter of it is one that nothing else has.
constexpr std::string_view kLetters = "~{}|`^";
constexpr std::string_view kTyped = R"("~{\"}\,|`\\^|{\"\,\"~^")";
constexpr std::string_view kSecret = R"(~{"},|`\^|{","~^)";

bool shows_secret(std::string_view shown) {
  return shown.find_first_of(kLetters) != std::string_view::npos;
}

/// Each line of a dialect that gives a masked parameter the secret.
std::vector<std::string> secret_lines(const at::Dialect& dialect = commands::kBfq4004) {
  std::vector<std::string> lines;
  for (const at::Command& command : dialect.commands)
    for (const at::Shape& shape : command.set.shapes())
      for (std::size_t i = 0; i < shape.params.size(); ++i)
        if (shape.params[i].secret)
          lines.push_back(line_with(command, shape, i, std::string(kTyped)));
  return lines;
}

/// The line as people type it who make one mistake.
std::vector<std::string> mistyped(const std::string& line) {
  std::vector<std::string> all;
  const auto changed = [&](const auto& change) {
    std::string other = line;
    change(other);
    all.push_back(other);
  };
  for (std::size_t at = 0; at < line.size(); ++at) {
    changed([&](std::string& s) { s.erase(at, 1); });
    changed([&](std::string& s) { s.insert(at, 1, s[at]); });
    if (at > 0) changed([&](std::string& s) { std::swap(s[at - 1], s[at]); });
    if (line[at] == '"' || line[at] == ',') changed([&](std::string& s) { s.insert(at, 1, ' '); });
  }
  const std::size_t equals = line.find('=');
  for (const char* instead :
       {"", " ", " = ", ":", "?", "?=", "=?", "==", "=(", "=\"", "_CUR=", "-"})
    changed([&](std::string& s) { s.replace(equals, 1, instead); });
  changed([](std::string& s) {
    for (char& c : s) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  changed([](std::string& s) { s.erase(0, 2); });
  changed([](std::string& s) { s.insert(0, "\"AT"); });
  changed([](std::string& s) { s.insert(0, "AT+CIPMUX=0"); });
  changed([](std::string& s) { s += "\r" + s; });
  changed([](std::string& s) { s += s; });
  changed([](std::string& s) { s += "AT"; });
  changed([](std::string& s) { s += ",\"~\""; });
  changed([](std::string& s) { std::erase(s, '"'); });
  return all;
}

std::vector<std::string> with_mistakes(const std::string& line) {
  std::vector<std::string> all = mistyped(line);
  all.insert(all.begin(), line);
  return all;
}

/// What a log shows of these lines, which end with CR LF.
std::string log_of(Direction direction, std::string_view printed,
                   const at::Dialect& dialect = commands::kBfq4004) {
  SecretMask mask(direction, dialect);
  std::string shown;
  while (!printed.empty()) {
    const std::size_t end = std::min(printed.find('\n'), printed.size());
    std::string_view line = printed.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    shown += mask.mask(line) + "\n";
    printed.remove_prefix(std::min(end + 1, printed.size()));
  }
  return shown;
}

TEST(Secrets, there_are_rows_with_some) { EXPECT_GE(secret_lines().size(), 6U); }

TEST(Secrets, are_not_shown_of_what_is_typed) {
  for (const at::Dialect* dialect : commands::kPersonalities) {
    for (const std::string& good : secret_lines(*dialect)) {
      for (const std::string& line : with_mistakes(good)) {
        EXPECT_FALSE(shows_secret(log_of(Direction::to_module, line + "\r\n", *dialect))) << line;
        for (std::size_t cut = 0; cut < line.size(); ++cut) {
          SecretMask mask(Direction::to_module, *dialect);
          const std::string shown = mask.mask(line.substr(0, cut)) + mask.mask(line, cut);
          ASSERT_FALSE(shows_secret(shown)) << line << " cut at " << cut << ": " << shown;
        }
      }
    }
  }
}

/// What may come between the bytes of an echo.
constexpr std::string_view kBetween[] = {"CLOSED\r\n", "WIFI DISCONNECT\r\n",
                                         "+STA_CONNECTED:\"02:00:00:00:00:01\"\r\n",
                                         "\r\n+IPD,5:hello", "\r\n+IPD,0,7,10.0.0.1,80:\"he\"llo"};

TEST(Secrets, are_not_shown_of_an_echo_that_other_lines_have_cut) {
  for (const std::string& good : secret_lines()) {
    const std::string echo = good + "\r\r\n";
    for (std::size_t one = 0; one <= echo.size(); ++one) {
      for (std::size_t other = one; other <= echo.size(); ++other) {
        for (const std::string_view first : kBetween) {
          std::string printed = echo;
          printed.insert(other, kBetween[other % std::size(kBetween)]).insert(one, first);
          const std::string shown = log_of(Direction::to_host, printed + "\r\nOK\r\n");
          ASSERT_FALSE(shows_secret(shown)) << printed << "\nis shown as\n" << shown;
        }
      }
    }
  }
}

TEST(Secrets, are_not_shown_of_the_echo_of_a_mistake) {
  for (const std::string& good : secret_lines()) {
    for (const std::string& line : mistyped(good)) {
      const std::string echo = line + "\r\r\n";
      EXPECT_FALSE(shows_secret(log_of(Direction::to_host, echo + "\r\nERROR\r\n"))) << line;
      for (std::size_t cut = 0; cut <= line.size(); cut += 3) {
        std::string printed = echo;
        printed.insert(cut, kBetween[cut % std::size(kBetween)]);
        const std::string shown = log_of(Direction::to_host, printed);
        ASSERT_FALSE(shows_secret(shown)) << printed << "\nis shown as\n" << shown;
      }
    }
  }
}

/// A module with softAP and station, whose journal is kept.
class Bench {
 public:
  Bench() {
    world.write_to(pages);
    world.power_on();
    world.pass(1s);
    type("AT+CWMODE_DEF=3\r\n");
  }
  std::string type(const std::string& bytes) {
    world.host_types(bytes);
    world.pass(20s);
    return world.printed();
  }
  journal::Pages pages;
  sim::World world{commands::kBfq4004};
};

/// All queries of a row: what is stored, and what is in use.
std::string queries() {
  std::string all;
  for (const at::Command& command : commands::kBfq4004.commands)
    if (command.query) all += "AT" + std::string(command.name) + "?\r\n";
  return all;
}

TEST(Secrets, are_not_shown_of_what_the_module_prints) {
  Bench bench;
  std::string printed;
  for (const std::string& line : secret_lines()) printed += bench.type(line + "\r\n");
  const std::string answers = bench.type(queries());
  EXPECT_NE(answers.find(kSecret), std::string::npos) << "no query tells it";
  EXPECT_FALSE(shows_secret(log_of(Direction::to_host, printed + answers)));
}

TEST(Secrets, are_not_in_the_log) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "log", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  spdlog::set_level(spdlog::level::debug);
  Bench bench;
  const process::ModuleLog module_log("bfq0");
  serial::LineTrace typed(module_log, Direction::to_module, commands::kBfq4004);
  serial::LineTrace said(module_log, Direction::to_host, commands::kBfq4004);
  for (const std::string& line : secret_lines()) {
    for (const char c : line + "\r\n") typed.add(std::as_bytes(std::span(&c, 1)));
    for (const char c : bench.type(line + "\r\n")) said.add(std::as_bytes(std::span(&c, 1)));
  }
  spdlog::set_default_logger(before);
  EXPECT_NE(log.str().find("> AT+CWJAP_CUR=\"x\",***"), std::string::npos) << log.str();
  EXPECT_NE(log.str().find("< AT+CWSAP_DEF=\"x\",***"), std::string::npos);
  EXPECT_FALSE(shows_secret(log.str())) << log.str();
}

/// All that was typed, as a journal has it.
std::string typed_in(std::span<const std::byte> file) {
  std::string typed;
  journal::Replay replay(file, {"", commands::kBfq4004});
  while (const auto step = replay.next()) {
    EXPECT_EQ(step->difference, "");
    if (step->record.kind == journal::RecordKind::uart_input)
      typed.append(reinterpret_cast<const char*>(step->record.bytes.data()),
                   step->record.bytes.size());
  }
  return typed;
}

TEST(Secrets, are_not_in_a_redacted_journal) {
  for (const std::string& good : secret_lines()) {
    Bench bench;
    bench.type(good + "\r\n");
    for (const char c : good + "\r\n") bench.type({&c, 1});
    bench.world.power_cut();
    bench.world.pass(20s);
    bench.type(queries());
    for (const std::string& line : mistyped(good)) bench.type(line + "\r\n");
    const auto file = journal::redact(bench.pages.all(), {"", commands::kBfq4004});
    const std::string text(reinterpret_cast<const char*>(file.data()), file.size());
    EXPECT_EQ(text.find(kSecret), std::string::npos) << good;
    std::string typed = typed_in(file);
    EXPECT_NE(typed.find(good.substr(0, good.find('~'))), std::string::npos);
    const std::size_t at = typed.find_first_of(kLetters);
    EXPECT_EQ(at, std::string::npos) << typed.substr(std::max<std::size_t>(at, 80) - 80, 160);
  }
}

TEST(Secrets, are_none_of_what_other_rows_are_given) {
  for (const at::Command& command : commands::kBfq4004.commands) {
    for (const at::Shape& shape : command.set.shapes()) {
      if (std::any_of(shape.params.begin(), shape.params.end(),
                      [](const at::Param& p) { return p.secret; }))
        continue;
      const std::string good = line_with(command, shape, shape.params.size(), "");
      // A digit that belongs to the name is its end: with more behind it this is no command.
      std::vector<std::string> lines = {good};
      if (!command.digit_follows) lines.insert(lines.end(), {good + ",1", good + ",\"x"});
      for (const std::string& line : lines) {
        const std::string shown = log_of(Direction::to_module, line + "\r\n");
        EXPECT_EQ(shown, line + "\n");
        EXPECT_EQ(log_of(Direction::to_host, line + "\r\r\n"), line + "\r\n");
      }
    }
  }
}
}  // namespace
}  // namespace bfq::conformance
