#include "daemon/world/value.h"

#include <gtest/gtest.h>

#include "daemon/world/keys.h"
#include "daemon/world/toml.h"

namespace bfq::world {
namespace {

TEST(Value, IsShownAsTomlHasIt) {
  const struct {
    Value value;
    const char* shown;
  } kCases[] = {
      {{}, "nothing"},
      {{true}, "true"},
      {{std::int64_t{-80}}, "-80"},
      {{6.0}, "6.0"},
      {{0.5}, "0.5"},
      {{std::string("LAB")}, "'LAB'"},
      {{std::string("it's")}, "\"it's\""},
      {{std::string("a\nb")}, "\"a\\u000Ab\""},
      {{std::string(41, 'x')}, "this text"},
      {{Value::List{}}, "an array"},
      {{Value::Table{}}, "a table"},
  };
  for (const auto& c : kCases) EXPECT_EQ(shown(c.value), c.shown);
}

TEST(Value, OfTomlKnowsWhereItStands) {
  const TomlReading read = read_toml("a = 1\n  b = [ true, 2.5, \"t\", 1979-05-27 ]\n", "w.toml");
  ASSERT_TRUE(read.table);
  const Value* const b = find(*read.table, "b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->position.source, "w.toml");
  EXPECT_EQ(b->position.line, 2U);
  EXPECT_EQ(b->position.column, 7U);
  EXPECT_EQ(read.table->at(1).position.column, 3U);
  const Value::List expected = {{true}, {2.5}, {std::string("t")}, {NoValue{"1979-05-27"}}};
  ASSERT_NE(b->as<Value::List>(), nullptr);
  EXPECT_EQ(*b->as<Value::List>(), expected);
  EXPECT_EQ(find(*read.table, "c"), nullptr);
}

TEST(Value, ThatNestsTooDeeplyIsCutShort) {
  const TomlReading read = read_toml("a = " + std::string(100, '[') + std::string(100, ']'), "w");
  ASSERT_TRUE(read.table);
  const Value* inner = find(*read.table, "a");
  int depth = 0;
  for (; inner->as<Value::List>() != nullptr; ++depth) inner = &inner->as<Value::List>()->front();
  EXPECT_EQ(*inner, Value{NoValue{"an array"}});
  EXPECT_LT(depth, 20);
}

TEST(Value, IsPutByItsName) {
  Value::Table table;
  put(table, {"b", {}, {std::int64_t{1}}});
  put(table, {"a", {}, {std::int64_t{2}}});
  put(table, {"b", {}, {std::int64_t{3}}});
  const Value::Table expected = {{"a", {}, {std::int64_t{2}}}, {"b", {}, {std::int64_t{3}}}};
  EXPECT_EQ(table, expected);
}

/// What no file has written is read by the same keys, with the same words.
TEST(Value, OfAnySourceIsReadByTheKeys) {
  const Value::Table written = {{"channel", {}, {std::int64_t{15}}},
                                {"ssid", {}, {std::string("LAB")}},
                                {"ssld", {}, {std::string("LAB")}}};
  Problems problems;
  Section section("ap.LAB", {.source = "a request"}, problems);
  sim::AccessPoint ap;
  read_table(written, access_point_keys(), ap, section);
  EXPECT_EQ(ap.ssid, "LAB");
  const std::vector<std::string> expected = {
      ": ap.LAB.channel: 15 is not allowed; write a whole number from 1 to 14",
      ": ap.LAB.ssld: there is no such key; is it ssid?"};
  EXPECT_EQ(problems.lines(), expected);
}
}  // namespace
}  // namespace bfq::world
