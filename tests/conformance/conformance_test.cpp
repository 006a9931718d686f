// Derives, from each row of the table of commands, lines that must be refused and lines that must
// not, and types them into a module.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "cases.h"
#include "commands/bfq4004.h"
#include "sim/world.h"

namespace bfq::conformance {
namespace {
using Must = Case::Must;

constexpr net::Endpoint kPeer{Ipv4(127, 0, 0, 1), 4007}, kGreeter{Ipv4(127, 0, 0, 1), 4008};

/// What the module has been through before the line is typed: what one command needs is in the way
/// of another.
using Stage = std::vector<std::string_view>;

#define JOIN "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\""
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
};
#undef JOIN

std::unique_ptr<sim::World> world_at(const Stage& stage) {
  auto w = std::make_unique<sim::World>(commands::kBfq4004);
  w->internet.peers.push_back({.at = kPeer});
  w->internet.peers.push_back({.at = kGreeter, .greeting = "hello"});
  w->power_on();
  w->pass(1s);
  w->host_types("ATE0\r\n");
  for (const std::string_view line : stage) {
    w->host_types(std::string(line) + "\r\n");
    w->pass(1s);
  }
  w->printed();
  return w;
}

struct Outcome {
  std::string printed;
  bool at_once_idle;  ///< AT answers OK right behind it
};

Outcome type(const Stage& stage, const std::string& line) {
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
                     [&](const Stage& stage) { return !refused(type(stage, line)); });
}

/// The stage in which the arguments decide, and not what happened before.
const Stage* stage_for(const std::string& good_line) {
  const auto at = std::find_if(std::begin(kStages), std::end(kStages), [&](const Stage& stage) {
    return !refused(type(stage, good_line));
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
    {"AT+CIPCHECKSEQ", "999999999", "only the last 32 segments are known (4.3)"},
};

bool is_exception(std::string_view line) {
  return std::any_of(std::begin(kExceptions), std::end(kExceptions), [&](const Exception& e) {
    return line.starts_with(e.beginning) && line.ends_with(e.end);
  });
}

const at::Command& row(const std::string& name) {
  return *at::find(commands::kBfq4004.commands, name);
}

class Row : public ::testing::TestWithParam<std::string> {};
class RowWithRanges : public Row {};

void check(const Case& c, const Stage& stage) {
  SCOPED_TRACE(c.line + "  (" + c.why + ")");
  if (c.must == Must::be_accepted) {
    EXPECT_EQ(accepted_somewhere(c.line), !is_exception(c.line));
    return;
  }
  const Outcome o = type(stage, c.line);
  EXPECT_TRUE(c.must == Must::be_refused ? refused(o) : refused_silently(o)) << o.printed;
}

TEST_P(Row, has_the_forms_that_it_says) {
  for (const Case& c : form_cases_of(row(GetParam()))) check(c, kStages[0]);
}

TEST_P(Row, takes_and_refuses_the_arguments_that_it_says) {
  for (const ShapeCases& shape : shape_cases_of(row(GetParam()))) {
    const Stage* stage = stage_for(shape.good);
    EXPECT_TRUE(stage != nullptr) << shape.good << " is refused everywhere";
    if (stage == nullptr) continue;
    for (const Case& c : shape.cases) check(c, *stage);
  }
}

TEST_P(Row, has_the_syntax_that_the_manual_shows) {
  for (const ShapeCases& shape : shape_cases_of(row(GetParam()))) {
    for (const std::string& line : shape.by_syntax) EXPECT_TRUE(accepted_somewhere(line)) << line;
    for (const std::string& line : shape.beginnings) {
      const bool is_shown = std::count(shape.by_syntax.begin(), shape.by_syntax.end(), line) > 0;
      EXPECT_EQ(accepted_somewhere(line), is_shown) << line;
    }
  }
}

TEST_P(RowWithRanges, prints_them) {
  EXPECT_EQ(type(kStages[0], "AT" + GetParam() + "=?").printed, expected_ranges(row(GetParam())));
}

std::vector<std::string> rows(bool with_ranges) {
  std::vector<std::string> names;
  for (const at::Command& command : commands::kBfq4004.commands)
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
  for (const at::Command& command : commands::kBfq4004.commands) {
    count += form_cases_of(command).size();
    for (const ShapeCases& shape : shape_cases_of(command)) count += shape.cases.size();
  }
  EXPECT_GE(commands::kBfq4004.commands.size(), 15U);
  EXPECT_GE(count, 300U);
  RecordProperty("cases", static_cast<int>(count));
}
}  // namespace
}  // namespace bfq::conformance
