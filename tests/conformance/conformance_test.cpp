// Derives, from each row of the table of commands, lines that must be refused and lines that must not,
// and types them into a module.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "cases.h"
#include "commands/table.h"
#include "sim/world.h"

namespace bfq::conformance {
namespace {
using Must = Case::Must;

constexpr net::Endpoint kPeer{Ipv4(127, 0, 0, 1), 4007};

/// What the module has been through before the line is typed: what one command needs is in the way of
/// another.
enum class Stage : std::uint8_t { fresh, joined, linked };
constexpr Stage kStages[] = {Stage::fresh, Stage::joined, Stage::linked};

std::unique_ptr<sim::World> world_at(Stage stage) {
  auto w = std::make_unique<sim::World>(commands::all());
  w->internet.peers.push_back({.at = kPeer});
  w->power_on();
  w->pass(1s);
  w->host_types("ATE0\r\n");
  if (stage != Stage::fresh) w->host_types("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
  w->pass(1s);
  if (stage == Stage::linked) w->host_types("AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007\r\n");
  w->pass(1s);
  w->printed();
  return w;
}

struct Outcome {
  std::string printed;
  bool at_once_idle;  ///< AT answers OK right behind it
};

Outcome type(Stage stage, const std::string& line) {
  const auto w = world_at(stage);
  w->host_types(line + "\r\n");
  Outcome outcome{w->printed(), false};
  w->host_types("AT\r\n");
  outcome.at_once_idle = w->printed() == "\r\nOK\r\n";
  return outcome;
}

bool refused(const Outcome& o) { return o.printed.ends_with("\r\nERROR\r\n") && o.at_once_idle; }
bool refused_silently(const Outcome& o) { return o.printed == "\r\nERROR\r\n" && o.at_once_idle; }

bool accepted_somewhere(const std::string& line) {
  return std::any_of(std::begin(kStages), std::end(kStages),
                     [&](Stage stage) { return !refused(type(stage, line)); });
}

/// The stage in which the arguments decide, and not what happened before.
Stage stage_for(const std::vector<Case>& cases) {
  for (const Stage stage : kStages) {
    const bool open = std::any_of(cases.begin(), cases.end(), [&](const Case& c) {
      return c.must == Must::be_accepted && c.line.find('=') != std::string::npos &&
             !refused(type(stage, c.line));
    });
    if (open) return stage;
  }
  return Stage::fresh;
}

/// Set forms that this build refuses whatever their arguments are, because what would allow them is not
/// there yet.
bool always_refused(const at::Command& command) { return command.name == "+CIPCLOSE"; }

const at::Command& row(const std::string& name) { return *at::find(commands::all(), name); }

class Row : public ::testing::TestWithParam<std::string> {};
class RowWithRanges : public Row {};

TEST_P(Row, takes_and_refuses_what_it_says) {
  const at::Command& command = row(GetParam());
  const std::vector<Case> cases = cases_of(command);
  const Stage stage = stage_for(cases);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.line + "  (" + c.why + ")");
    const bool is_set = c.line.find('=') != std::string::npos;
    if (c.must == Must::be_accepted) {
      EXPECT_EQ(accepted_somewhere(c.line), !(is_set && always_refused(command)));
    } else {
      const Outcome o = type(stage, c.line);
      EXPECT_TRUE(c.must == Must::be_refused ? refused(o) : refused_silently(o)) << o.printed;
    }
  }
}

TEST_P(RowWithRanges, prints_them) {
  EXPECT_EQ(type(Stage::fresh, "AT" + GetParam() + "=?").printed, expected_ranges(row(GetParam())));
}

std::vector<std::string> rows(bool with_ranges) {
  std::vector<std::string> names;
  for (const at::Command& command : commands::all())
    if (!with_ranges || command.test == at::TestForm::ranges) names.emplace_back(command.name);
  return names;
}

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
  return name.empty() ? "AT" : name;
}

INSTANTIATE_TEST_SUITE_P(Every, Row, ::testing::ValuesIn(rows(false)), name_of);
INSTANTIATE_TEST_SUITE_P(Every, RowWithRanges, ::testing::ValuesIn(rows(true)), name_of);

/// A test of the test: were the table empty, or the cases, everything above would pass.
TEST(Cases, are_many) {
  std::size_t count = 0;
  for (const at::Command& command : commands::all()) count += cases_of(command).size();
  EXPECT_GE(commands::all().size(), 15U);
  EXPECT_GE(count, 150U);
  RecordProperty("cases", static_cast<int>(count));
}
}  // namespace
}  // namespace bfq::conformance
