#include "manual/manual.h"

#include <gtest/gtest.h>

#include "commands/bfq4004.h"

namespace bfq::manual {
namespace {
const at::Dialect& kDialect = commands::kBfq4004;

std::string terminal(std::string_view name) {
  return page(kDialect, *find(kDialect, name), Style::terminal);
}
std::string markdown(std::string_view name) {
  return page(kDialect, *find(kDialect, name), Style::markdown);
}
bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Page, tells_every_form_parameter_refusal_failure_and_fact_of_every_row) {
  for (const at::Command& c : kDialect.commands) {
    const std::string text = page(kDialect, c, Style::markdown);
    EXPECT_EQ(holds(text, "| Query | `" + full_name(c) + "?`"), static_cast<bool>(c.query))
        << full_name(c);
    EXPECT_EQ(holds(text, "| Execute | `" + full_name(c) + "`"), static_cast<bool>(c.execute))
        << full_name(c);
    EXPECT_EQ(holds(text, "| Test | "), c.test == at::TestForm::ranges) << full_name(c);
    for (const at::Shape& shape : c.set.shapes())
      for (const at::Param& param : shape.params)
        EXPECT_TRUE(holds(text, "- `<" + std::string(param.name) + ">` ("))
            << full_name(c) << param.name;
    for (const at::FailureCode& failure : c.failures)
      EXPECT_TRUE(holds(text, "- `" + std::to_string(failure.code) + "`: ")) << full_name(c);
    for (const at::Fact& fact : c.facts) EXPECT_TRUE(holds(text, fact.says.view())) << full_name(c);
    EXPECT_FALSE(holds(text, "{}")) << full_name(c);
  }
}

TEST(Page, names_the_command_in_what_it_answers) {
  EXPECT_TRUE(holds(markdown("CIPSTA_CUR"),
                    "`+CIPSTA_CUR:ip:\"<ip>\"`<br>`+CIPSTA_CUR:gateway:\"<gateway>\"`<br>"));
  EXPECT_TRUE(holds(markdown("CWMODE"), "`+CWMODE:(1-3)`<br>`OK`"));
  EXPECT_TRUE(holds(markdown("CWJAP"), "<br>or `No AP`<br>`OK`"));
  EXPECT_TRUE(holds(markdown("GMR"), "`compile time:<date>`"));
}

TEST(Page, gathers_refusals_by_their_words) {
  EXPECT_TRUE(holds(markdown("CIPSTART"), "- `ENTRY ERROR`: `<remote port>` missing\n"));
  EXPECT_TRUE(holds(markdown("CIPSTART"), "- `ID ERROR`: `<link ID>` too small, too large\n"));
  EXPECT_TRUE(holds(markdown("CIPSEND"), "- `no tail`: parameters too many\n"));
}

TEST(Page, leads_to_its_family) {
  for (const char* name : {"CWJAP", "CWJAP_CUR", "CWJAP_DEF"}) {
    const std::string text = markdown(name);
    EXPECT_EQ(holds(text, "[AT+CWJAP](cwjap.md)"), name != std::string("CWJAP"));
    EXPECT_EQ(holds(text, "[AT+CWJAP_CUR](cwjap_cur.md)"), name != std::string("CWJAP_CUR"));
    EXPECT_EQ(holds(text, "[AT+CWJAP_DEF](cwjap_def.md)"), name != std::string("CWJAP_DEF"));
  }
  EXPECT_FALSE(holds(markdown("CIPSTATUS"), "See also"));
}

TEST(Page, has_no_marks_at_a_terminal_and_fits_it) {
  for (const at::Command& c : kDialect.commands) {
    const std::string text = page(kDialect, c, Style::terminal);
    EXPECT_FALSE(holds(text, "<br>") || holds(text, "`") || holds(text, "](")) << text;
  }
  EXPECT_TRUE(holds(terminal("CIPMUX"), "  Query  AT+CIPMUX?        +CIPMUX:<mode>\n"))
      << terminal("CIPMUX");
}

TEST(Page, shows_examples_where_there_are_any) {
  const Cuttings cuttings{{{"Query", "AT+CIPMUX?\n+CIPMUX:0\n\nOK", "cipmux.at"}},
                          {{"no way", "AT+CIPMUX=1"}}};
  const std::string text = page(kDialect, *find(kDialect, "CIPMUX"), Style::markdown, cuttings);
  EXPECT_TRUE(holds(text, "```console\nAT+CIPMUX?\n+CIPMUX:0\n\nOK\n```"));
  EXPECT_TRUE(holds(text, "- `no way`: as after `AT+CIPMUX=1`\n"));
}

TEST(Names, are_found_as_people_write_them) {
  for (const char* name : {"CWJAP_CUR", "+CWJAP_CUR", "AT+CWJAP_CUR", "at+cwjap_cur", "cwjap_cur"})
    EXPECT_EQ(find(kDialect, name), find(kDialect, "CWJAP_CUR")) << name;
  EXPECT_EQ(find(kDialect, "AT")->name, "");
  EXPECT_EQ(find(kDialect, "ate")->name, "E");
  EXPECT_EQ(find(kDialect, "E")->name, "E");
  EXPECT_EQ(find(kDialect, "CWJAB_CUR"), nullptr);
  EXPECT_EQ(find(kDialect, ""), nullptr);
}

TEST(Names, near_a_wrong_one_are_told) {
  EXPECT_EQ(nearest(kDialect, "CWJAB_CUR").front(), "AT+CWJAP_CUR");
  EXPECT_EQ(nearest(kDialect, "cipstrt").front(), "AT+CIPSTART");
  EXPECT_EQ(nearest(kDialect, "CWSAP_").size(), 4U);
  EXPECT_TRUE(nearest(kDialect, "frobnicate").empty());
}

TEST(Index, lists_every_command) {
  for (const at::Command& c : kDialect.commands) {
    EXPECT_TRUE(holds(index(kDialect, Style::markdown),
                      "| [" + full_name(c) + "](" + page_name(c) + ") |"));
    EXPECT_TRUE(holds(index(kDialect, Style::terminal), "  " + full_name(c) + " "));
  }
}
}  // namespace
}  // namespace bfq::manual
