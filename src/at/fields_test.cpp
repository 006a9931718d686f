#include "at/fields.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bfq::at {
namespace {
struct Split {
  bool possible = false;
  std::vector<std::string> texts{};
  std::vector<bool> quoted{}, present{};
};

Split split(std::string text) {
  FieldArray fields;
  Split out;
  out.possible = split_fields(text, fields);
  for (const Field& f : fields.view()) {
    out.texts.emplace_back(f.text);
    out.quoted.push_back(f.quoted);
    out.present.push_back(f.present);
  }
  return out;
}

using Texts = std::vector<std::string>;

TEST(Fields, are_cut_at_commas) {
  EXPECT_EQ(split("1,\"two\",3").texts, (Texts{"1", "two", "3"}));
  EXPECT_EQ(split("1,\"two\",3").quoted, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(split("x").texts, (Texts{"x"}));
}

TEST(Fields, may_be_empty) {
  const Split s = split(",\"\",");
  EXPECT_EQ(s.texts, (Texts{"", "", ""}));
  EXPECT_EQ(s.present, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(split("").present, (std::vector<bool>{false}));
}

TEST(Fields, resolve_their_escapes) {
  EXPECT_EQ(split(R"("a\,b","c\"d","e\\f","\g")").texts, (Texts{"a,b", "c\"d", "e\\f", "g"}));
  EXPECT_EQ(split(R"("a,b",1)").texts, (Texts{"a,b", "1"}));  // a comma in quotation marks is data
  EXPECT_EQ(split(R"(a\,b)").texts, (Texts{"a\\", "b"}));     // outside there are no escapes
}

TEST(Fields, skip_spaces_in_front_alone) {
  EXPECT_EQ(split(" 1,  \"a b\", 2").texts, (Texts{"1", "a b", "2"}));
  EXPECT_EQ(split("1 ,2").texts, (Texts{"1 ", "2"}));
}

TEST(Fields, hold_any_byte) {
  EXPECT_EQ(split(std::string("\"a\0\xff\r\"", 6)).texts, (Texts{std::string("a\0\xff\r", 4)}));
}

class Broken : public ::testing::TestWithParam<const char*> {};
TEST_P(Broken, is_refused) { EXPECT_FALSE(split(GetParam()).possible); }
INSTANTIATE_TEST_SUITE_P(Fields, Broken,
                         ::testing::Values("\"", "\"a", "\"a\"b", "\"a\" ", "\"a\" ,1",
                                           "\"a\"\"b\"", "1,\"", "\"\\", "\"a\\\"", "\"a\\\",1"));

TEST(Fields, beyond_the_most_are_noticed) {
  std::string text(2 * limits::kFields, ',');
  FieldArray fields;
  EXPECT_TRUE(split_fields(text, fields));
  EXPECT_EQ(fields.count, limits::kFields);  // more than any command takes
}
}  // namespace
}  // namespace bfq::at
