// Derives, from each row of the table of commands, lines that must be refused and lines that must
// not, and types them into a module.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "at/line.h"
#include "cases.h"
#include "commands/personalities.h"
#include "sim/world.h"

namespace bfq::conformance {
namespace {
using Must = Case::Must;

constexpr net::Endpoint kPeer{Ipv4(127, 0, 0, 1), 4007}, kGreeter{Ipv4(127, 0, 0, 1), 4008};

/// What the module has been through before the line is typed: what one command needs is in the way
/// of another.
using Stage = std::vector<std::string_view>;

#define JOIN "AT+CWMODE_CUR=1", "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\""
#define MQTT "AT+MQTTUSERCFG=0,1,\"me\",\"\",\"\",0,0,\"\""
const Stage kStages[] = {
    {},
    {JOIN},
    {JOIN, "AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007"},
    {"AT+CWMODE_CUR=3"},
    {JOIN, "AT+CIPMUX=1"},
    {JOIN, "AT+CIPMUX=1", "AT+CIPSTART=0,\"TCP\",\"127.0.0.1\",4007"},
    {JOIN, "AT+CIPSTART=\"UDP\",\"127.0.0.1\",4007"},
    {JOIN, "AT+CIPMUX=1", "AT+CIPSTART=0,\"UDP\",\"127.0.0.1\",4007"},
    {JOIN, "AT+CIPMUX=1", "AT+CIPSTART=4,\"TCP\",\"127.0.0.1\",4007"},
    {JOIN, "AT+CIPMUX=1", "AT+CIPSTART=4,\"UDP\",\"127.0.0.1\",4007"},
    {"AT+CIPMUX=1", "AT+CIPSERVER=1"},
    {JOIN, "AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007", "AT+CIPMODE=1"},
    {"AT+SYSIOSETCFG=0,0,0", "AT+SYSGPIODIR=0,1", "AT+SYSIOSETCFG=15,3,0", "AT+SYSGPIODIR=15,1"},
    {JOIN, "AT+CIPRECVMODE=1", "AT+CIPSTART=\"TCP\",\"127.0.0.1\",4008"},
    {JOIN, "AT+CIPMUX=1", "AT+CIPRECVMODE=1", "AT+CIPSTART=0,\"TCP\",\"127.0.0.1\",4008"},
    {JOIN, "AT+CIPMUX=1", "AT+CIPRECVMODE=1", "AT+CIPSTART=4,\"TCP\",\"127.0.0.1\",4008"},
    {JOIN, "AT+CIPSTART=\"TCP\",\"127.0.0.1\",4007", "AT+CIPSENDBUF=1", "x"},
    {JOIN, "AT+CIPMUX=1", "AT+CIPSTART=0,\"TCP\",\"127.0.0.1\",4007", "AT+CIPSENDBUF=0,1", "x"},
    {JOIN, "AT+CIPMUX=1", "AT+CIPSTART=4,\"TCP\",\"127.0.0.1\",4007", "AT+CIPSENDBUF=4,1", "x"},
    {JOIN, "AT+CHTTPURL=4007,\"127.0.0.1\""},
    {JOIN, "AT+HTTPURLCFG=8", "http://x"},
    {MQTT},
    {JOIN, MQTT},
    {JOIN, MQTT, "AT+MQTTCONN=0,\"127.0.0.1\",4007,0"},
};
#undef JOIN
#undef MQTT

/// The line, under the name that the dialect has for it: without _CUR where there is no such name.
std::string spoken_by(const at::Dialect& dialect, std::string_view line) {
  constexpr std::string_view kSuffix = "_CUR";
  const std::size_t equals = line.find('=');
  const std::string_view name = line.substr(0, equals);
  const bool has_it = equals == line.npos || !name.ends_with(kSuffix) ||
                      at::find(dialect, name.substr(2)) != nullptr;
  if (has_it) return std::string(line);
  return std::string(name.substr(0, name.size() - kSuffix.size())) +
         std::string(line.substr(equals));
}

std::unique_ptr<sim::World> world_at(const at::Dialect& dialect, const Stage& stage) {
  auto w = std::make_unique<sim::World>(dialect);
  w->internet.peers.push_back({.at = kPeer});
  w->internet.peers.push_back({.at = kGreeter, .greeting = "hello"});
  w->internet.web.update_server = kPeer;
  w->power_on();
  w->pass(1s);
  w->host_types("ATE0\r\n");
  for (const std::string_view line : stage) {
    w->host_types(spoken_by(dialect, line) + "\r\n");
    w->pass(1s);
  }
  w->printed();
  return w;
}

struct Outcome {
  std::string printed;
  bool at_once_idle;  ///< AT answers OK right behind it
};

Outcome type(const at::Dialect& dialect, const Stage& stage, const std::string& line) {
  const auto w = world_at(dialect, stage);
  w->host_types(line + "\r\n");
  Outcome outcome{w->printed(), false};
  w->host_types("AT\r\n");
  outcome.at_once_idle = w->printed() == "\r\nOK\r\n";
  return outcome;
}

bool refused(const Outcome& o) { return o.printed.ends_with("\r\nERROR\r\n") && o.at_once_idle; }
bool refused_silently(const Outcome& o) { return o.printed == "\r\nERROR\r\n" && o.at_once_idle; }

/// Whether its row says that this form never succeeds: then it says something in front of ERROR.
bool always_fails(const at::Dialect& dialect, const std::string& line) {
  if (line.find('?') != line.npos) return false;
  const at::Command* const row =
      at::find(dialect, at::parse(std::string_view(line).substr(at::kHeadSize)).name);
  return row != nullptr && row->execute.result.view() == "{error}";
}

bool accepted_at(const at::Dialect& dialect, const Stage& stage, const std::string& line) {
  const Outcome outcome = type(dialect, stage, line);
  return always_fails(dialect, line) ? refused(outcome) && !refused_silently(outcome)
                                     : !refused(outcome);
}

bool accepted_somewhere(const at::Dialect& dialect, const std::string& line) {
  return std::any_of(std::begin(kStages), std::end(kStages),
                     [&](const Stage& stage) { return accepted_at(dialect, stage, line); });
}

/// The stage in which the arguments decide, and not what happened before.
const Stage* stage_for(const at::Dialect& dialect, const std::string& good_line) {
  const auto at = std::find_if(std::begin(kStages), std::end(kStages), [&](const Stage& stage) {
    return accepted_at(dialect, stage, good_line);
  });
  return at == std::end(kStages) ? nullptr : at;
}

/// Lines whose arguments are each as the row says and that are refused all the same, because of
/// what the dialect says of them together.
struct Exception {
  std::string_view beginning, end, why;
};
constexpr Exception kExceptions[] = {
    {"AT+CWSAP", "=\"x\",\"\",1,4,1,0", "a protected network has a password (3.2)"},
    {"AT+CWSAP", "=\"x\",\"\",1,0x4,1,0", "a protected network has a password (3.2)"},
    {"AT+CWSAP", "=\"x\",\"\",1,+4,1,0", "a protected network has a password (3.2)"},
    {"AT+CIPCHECKSEQ", "999999999", "only the last 32 segments are known (4.3)"},
};

bool is_exception(std::string_view line) {
  return std::any_of(std::begin(kExceptions), std::end(kExceptions), [&](const Exception& e) {
    return line.starts_with(e.beginning) && line.ends_with(e.end);
  });
}

/// Lines that one way to write a set form would have to refuse, and another one takes.
constexpr std::string_view kTakenOtherwise[] = {
    "AT+SAVETRANSLINK=0,\"x\",1,\"UDP\",1",  // 0: what follows is not looked at
    "AT+SAVETRANSLINK=0,\"x\",1,\"TCP\",0",
    "AT+SAVETRANSLINK=1,\"x\",1,,1",  // TCP where nothing is said
};

bool is_taken_otherwise(std::string_view line) {
  return std::find(std::begin(kTakenOtherwise), std::end(kTakenOtherwise), line) !=
         std::end(kTakenOtherwise);
}

/// A row of a personality.
struct RowOf {
  const at::Dialect* dialect;
  const at::Command* command;
};
class Row : public ::testing::TestWithParam<RowOf> {
 protected:
  const at::Dialect& dialect() const { return *GetParam().dialect; }
  const at::Command& row() const { return *GetParam().command; }
  void check(const Case& c, const Stage& stage) const;
};
class RowWithRanges : public Row {};

void Row::check(const Case& c, const Stage& stage) const {
  SCOPED_TRACE(c.line + "  (" + c.why + ")");
  if (c.must == Must::be_accepted || is_taken_otherwise(c.line)) {
    EXPECT_EQ(accepted_somewhere(dialect(), c.line), !is_exception(c.line));
    return;
  }
  const Outcome o = type(dialect(), stage, c.line);
  EXPECT_TRUE(c.must == Must::be_refused ? refused(o) : refused_silently(o)) << o.printed;
}

TEST_P(Row, has_the_forms_that_it_says) {
  for (const Case& c : form_cases_of(row())) check(c, kStages[0]);
}

TEST_P(Row, takes_and_refuses_the_arguments_that_it_says) {
  for (const ShapeCases& shape : shape_cases_of(row(), dialect().switches.numbers)) {
    const Stage* stage = stage_for(dialect(), shape.good);
    EXPECT_TRUE(stage != nullptr) << shape.good << " is refused everywhere";
    if (stage == nullptr) continue;
    for (const Case& c : shape.cases) check(c, *stage);
  }
}

TEST_P(Row, has_the_syntax_that_the_manual_shows) {
  const auto shapes = shape_cases_of(row(), dialect().switches.numbers);
  std::set<std::string> shown;  // by any shape: what one begins with may be all that another wants
  for (const ShapeCases& shape : shapes)
    shown.insert(shape.by_syntax.begin(), shape.by_syntax.end());
  for (const std::string& line : shown) EXPECT_TRUE(accepted_somewhere(dialect(), line)) << line;
  for (const ShapeCases& shape : shapes)
    for (const std::string& line : shape.beginnings)
      EXPECT_EQ(accepted_somewhere(dialect(), line), shown.contains(line)) << line;
}

TEST_P(RowWithRanges, prints_them) {
  EXPECT_EQ(type(dialect(), kStages[0], "AT" + std::string(row().name) + "=?").printed,
            expected_ranges(row()));
}

std::vector<RowOf> rows(bool with_ranges) {
  std::vector<RowOf> all;
  for (const at::Dialect* dialect : commands::kPersonalities)
    for (const at::Command& command : dialect->commands)
      if (!with_ranges || command.test == at::TestForm::ranges) all.push_back({dialect, &command});
  return all;
}

/// `bfq4004_CWJAP_CUR`; GoogleTest wants letters, digits and underscores.
std::string name_of(const ::testing::TestParamInfo<RowOf>& info) {
  const auto& [dialect, command] = info.param;
  std::string name = std::string(dialect->name) + "_AT" + std::string(command->name);
  std::erase(name, '+');
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Every, Row, ::testing::ValuesIn(rows(false)), name_of);
INSTANTIATE_TEST_SUITE_P(Every, RowWithRanges, ::testing::ValuesIn(rows(true)), name_of);

/// A test of the test: were a table empty, or the cases, everything above would pass.
TEST(Cases, are_many) {
  for (const at::Dialect* dialect : commands::kPersonalities) {
    std::size_t count = 0;
    for (const at::Command& command : dialect->commands) {
      count += form_cases_of(command).size();
      for (const ShapeCases& shape : shape_cases_of(command)) count += shape.cases.size();
    }
    EXPECT_GE(dialect->commands.size(), 15U) << dialect->name;
    EXPECT_GE(count, 300U) << dialect->name;
  }
}
}  // namespace
}  // namespace bfq::conformance
