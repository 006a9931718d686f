// What was recorded replays to the same bytes, from the beginning or from a copy of the module;
// what is damaged is told and never believed; what is redacted holds no secret and replays too.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "commands/bfq4004.h"
#include "journal/black_box.h"
#include "journal/messages.h"
#include "journal/redact.h"
#include "journal/replay.h"
#include "sim/world.h"

namespace bfq::journal {
namespace {
using Bytes = std::vector<std::byte>;
constexpr net::Endpoint kEcho{Ipv4(127, 0, 0, 1), 7};

Build build() { return {"simulated", commands::kBfq4004}; }

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A world that does a bit of everything while `sink` listens.
class Story {
 public:
  explicit Story(Sink& sink) {
    world.internet.peers.push_back({.at = kEcho, .echoes = true});
    world.write_to(sink);
    world.power_on();
    world.pass(1s);
    heard = world.printed();
  }
  void tell() {
    type("ATE0\r\n");
    type("AT+CWMODE_DEF=3\r\n");
    type("AT+CWSAP_DEF=\"mine\",\"softap-secret\",5,3\r\n");
    type("AT+CWJAP_DEF=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
    for (const char c : std::string("AT+CWJAP_CUR=\"x\",\"a\\,b\\\"tricky-secret\"\r\n"))
      type({&c, 1});
    world.pass(20s);
    type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
    world.pass(2s);
    talk();
    type("AT+CIPCLOSE\r\nAT+CWLAP\r\nAT\r\nAT+RST\r\n");
    world.pass(5s);
    heard += world.printed();
  }
  void talk() {
    type("AT+CIPSTART=\"TCP\",\"127.0.0.1\",7\r\n");
    type("AT+CIPSEND=14\r\npayload-secret");
    type("AT+CIPSEND=9\r\nabc");
    world.pass(100ms);
    type("+++");
    world.pass(100ms);
  }
  void type(std::string_view s) {
    world.host_types(s);
    world.pass(500ms);
    heard += world.printed();
  }
  sim::World world{commands::kBfq4004};
  std::string heard;
};

struct Outcome {
  std::string heard, difference;
  std::size_t records = 0;
};

Outcome replay(std::span<const std::byte> file) {
  Outcome outcome;
  Replay replay(file, build());
  while (const auto step = replay.next()) {
    ++outcome.records;
    if (step->record.kind == RecordKind::uart_sent) outcome.heard += step->output;
    if (outcome.difference.empty()) outcome.difference = step->difference;
  }
  return outcome;
}

Bytes recorded() {
  Pages pages;
  Story story(pages);
  story.tell();
  return {pages.all().begin(), pages.all().end()};
}

/// The same file with one record's content changed, and its checksum made right again.
Bytes changed(const Bytes& file, RecordKind kind, const std::string& from, const std::string& to) {
  Records records(file);
  Bytes out(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(records.offset()));
  bool done = false;
  while (!records.at_end()) {
    const Framed framed = records.next();
    std::string content = text_of(framed.content);
    const std::size_t at = framed.kind == kind && !done ? content.find(from) : std::string::npos;
    if (at != std::string::npos) content.replace(at, from.size(), to), done = true;
    Writer record;
    frame(framed.kind, std::as_bytes(std::span(content)), record);
    out.insert(out.end(), record.all().begin(), record.all().end());
  }
  EXPECT_TRUE(done);
  return out;
}

TEST(Journal, replays_to_the_same_bytes) {
  Pages pages;
  Story story(pages);
  story.tell();
  const Outcome outcome = replay(pages.all());
  EXPECT_EQ(outcome.difference, "");
  EXPECT_EQ(outcome.heard, story.heard);
  EXPECT_NE(outcome.heard.find("+IPD,14:payload-secret"), std::string::npos);
  EXPECT_NE(outcome.heard.find("SEND Canceled"), std::string::npos);
  EXPECT_GT(outcome.records, 100U);
}

TEST(Journal, goes_on_over_a_power_cut) {
  Pages pages;
  Story story(pages);
  story.tell();
  story.world.power_cut();
  story.world.pass(1s);
  story.type("AT+CWMODE_DEF?\r\n");
  EXPECT_EQ(replay(pages.all()).difference, "");
  EXPECT_EQ(replay(pages.all()).heard, story.heard);
}

TEST(Journal, says_what_is_different_and_where) {
  const Bytes file = recorded();
  const Bytes other = changed(file, RecordKind::uart_input, "AT+CIPCLOSE", "AT+CIPMODE?");
  Replay replay(other, build());
  bool typed = false;
  for (auto step = replay.next(); step; step = replay.next()) {
    typed = typed || text_of(step->record.bytes).find("CIPMODE?") != std::string::npos;
    if (step->difference.empty()) continue;
    EXPECT_TRUE(typed) << "not before it";
    EXPECT_FALSE(step->difference.empty());
    EXPECT_EQ(static_cast<RecordKind>(other[step->record.offset]), step->record.kind);
    return;
  }
  FAIL() << "no difference";
}

TEST(Journal, tells_of_another_dialect) {
  const Bytes file = recorded();
  EXPECT_EQ(Replay(file, build()).doubt(), "");
  const auto doubted = [&](auto change) {
    at::Dialect other = commands::kBfq4004;
    change(other);
    return !Replay(file, Build{"other", other}).doubt().empty();
  };
  EXPECT_FALSE(doubted([](at::Dialect&) {}));
  EXPECT_TRUE(doubted([](at::Dialect& d) { d.commands = d.commands.subspan(1); }));
  EXPECT_TRUE(doubted([](at::Dialect& d) { d.words[at::Word::no_ip] = "no IP"; }));
  EXPECT_TRUE(
      doubted([](at::Dialect& d) { d.switches.head = at::SwitchPoints::Head::either_case; }));
  EXPECT_TRUE(doubted([](at::Dialect& d) { d.version_lines = d.version_lines.subspan(1); }));
}

TEST(Journal, is_refused_where_it_is_damaged) {
  const Bytes file = recorded();
  for (std::size_t at = 0; at < file.size(); at += 7) {
    Bytes damaged = file;
    damaged[at] ^= std::byte{0x20};
    try {
      replay(damaged);
      // Only the sentence for people may say anything.
      EXPECT_LT(at, text_of(file).find('\n')) << at;
    } catch (const Unreadable& error) {
      EXPECT_LE(error.offset(), at) << "the record that holds it, or its first line";
    }
  }
}

TEST(Journal, is_refused_where_it_is_cut_short) {
  const Bytes file = recorded();
  std::size_t whole = 0;
  for (std::size_t size = 0; size < file.size(); size += 5) {
    try {
      replay(std::span(file).first(size));
      ++whole;
    } catch (const Unreadable& error) {
      EXPECT_LE(error.offset(), size);
    }
  }
  EXPECT_GT(whole, 0U) << "a cut between two records is no damage";
}

TEST(Journal, that_is_another_file_is_refused) {
  for (const std::string text : {"", "x", "BFQ4004 journal", "BFQ4004 journal 2: later\n",
                                 "BFQ4004 journal 1: ", "BFQ4004 journal 1: nothing more\n"})
    EXPECT_THROW(replay(std::as_bytes(std::span(text))), Unreadable) << text;
}

/// A journal of a new module, of records that nobody recorded.
class Forged {
 public:
  Forged() {
    Module module({}, commands::kBfq4004);
    Recorder(module, build(), kHoldsSecrets).write_to(pages_);
    add(power::Started{});
    take_requests();
  }
  void add(RecordKind kind, const Writer& content) {
    Writer framed;
    frame(kind, content.all(), framed);
    pages_.add(framed.all());
  }
  void add(const Event& event) {
    Writer content = at_once();
    write(content, event);
    add(RecordKind::event, content);
  }
  void take_requests() {
    for (int i = 0; i < 8; ++i) {
      Writer content = at_once();
      content.number(0), content.number(0);
      add(RecordKind::request, content);
    }
  }
  void receive(RecordKind kind, LinkHandle link, std::string_view bytes) {
    Writer content = at_once();
    write(content, link);
    if (kind == RecordKind::datagram_input) write(content, kEcho);
    content.bytes(std::as_bytes(std::span(bytes)));
    add(kind, content);
  }
  void type(std::string_view bytes) {
    Writer content = at_once();
    content.number(0);
    content.bytes(std::as_bytes(std::span(bytes)));
    add(RecordKind::uart_input, content);
  }
  static Writer at_once() {
    Writer content;
    content.number(0);
    return content;
  }
  /// What it prints.
  std::string replay() const {
    Replay replay(pages_.all(), build());
    while (replay.next()) {
    }
    return text_of(replay.module().uart_output());
  }

 private:
  Pages pages_;
};

TEST(Forged, bytes_for_links_that_are_not_there_are_dropped) {
  Forged journal;
  for (const RecordKind kind : {RecordKind::link_input, RecordKind::datagram_input}) {
    for (const std::string_view bytes : {"", "x"}) {
      for (const int id : {0, 4, 5, 255})
        journal.receive(kind, {static_cast<std::uint8_t>(id), 0}, bytes);
    }
  }
  EXPECT_EQ(journal.replay(), "\r\nready\r\n");
}

TEST(Forged, requests_that_nobody_takes_are_refused) {
  Forged journal;
  for (std::uint16_t i = 0; i < 18; ++i) journal.add(net::Incoming{.client = {i}});
  try {
    journal.replay();
    FAIL();
  } catch (const Unreadable& error) {
    EXPECT_NE(std::string(error.what()).find("17 requests of the module wait"), std::string::npos)
        << error.what();
  }
}

TEST(Forged, events_that_come_again_and_again_fill_no_queue) {
  Forged journal;
  journal.type("AT+CWMODE_CUR=3\r\n");
  journal.take_requests();
  const MacAddress mac{{2}};
  journal.add(radio::StationJoined{mac});
  for (std::uint8_t i = 0; i < 200; ++i) journal.add(radio::StationAddressed{mac, {10, 0, 0, i}});
  EXPECT_NO_THROW(journal.replay());
}

/// A journal that begins when a payload is being typed.
Bytes begun_in_a_payload() {
  Pages first, pages;
  Story story(first);
  story.type("AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n");
  story.type("AT+CIPSTART=\"TCP\",\"127.0.0.1\",7\r\n");
  story.type("AT+CIPSEND=5\r\nab");
  story.world.write_to(pages);
  story.type("cde");
  return {pages.all().begin(), pages.all().end()};
}

TEST(State, is_taken_up_where_it_was) {
  const Outcome outcome = replay(begun_in_a_payload());
  EXPECT_EQ(outcome.difference, "");
  EXPECT_EQ(outcome.heard, "\r\nRecv 5 bytes\r\n\r\nSEND OK\r\n\r\n+IPD,5:abcde");
}

TEST(State, that_is_damaged_says_where) {
  // A name of 127 bytes, where 32 fit.
  const std::string damage = std::string(1, '\x7f') + "BFQ-LAB";
  const Bytes file =
      changed(begun_in_a_payload(), RecordKind::begin, std::string(1, '\x07') + "BFQ-LAB", damage);
  try {
    replay(file);
    FAIL();
  } catch (const Unreadable& error) {
    EXPECT_TRUE(error.why().starts_with("the state in it is damaged: ")) << error.why();
    EXPECT_EQ(error.offset(), text_of(file).find(damage));
  }
}

TEST(State, of_other_parts_is_refused) {
  const Bytes file = begun_in_a_payload();
  const Beginning beginning = read_beginning(Records(file).next());
  const std::string other(beginning.state.size(), 'x');
  EXPECT_THROW(replay(changed(file, RecordKind::begin, text_of(beginning.state), other)),
               Unreadable);
}

TEST(BlackBox, is_bounded_and_replays_from_a_copy) {
  constexpr std::size_t kMost = 100'000;
  BlackBox box(kMost);
  Story story(box);
  story.tell();
  EXPECT_EQ(replay(box.all()).heard, story.heard) << "all of it, as long as it fits";
  std::string last;
  for (int i = 0; i < 200; ++i) {
    story.heard.clear();
    story.tell();
    last += story.heard;
    ASSERT_LE(box.all().size(), kMost) << i;
  }
  const Bytes file = box.all();
  EXPECT_GT(file.size(), kMost / 3);
  const Outcome outcome = replay(file);
  EXPECT_EQ(outcome.difference, "");
  ASSERT_GT(outcome.heard.size(), 1000U);
  EXPECT_TRUE(last.ends_with(outcome.heard));
}

TEST(BlackBox, of_other_commands_is_refused) {
  BlackBox box(50'000);
  Story story(box);
  for (int i = 0; i < 30; ++i) story.tell();
  const Bytes file = box.all();
  at::Dialect other = commands::kBfq4004;
  other.commands = other.commands.subspan(1);
  EXPECT_THROW(Replay(file, Build{"another", other}), Unreadable);
  EXPECT_NO_THROW(Replay(file, Build{"another", commands::kBfq4004}));
}

TEST(BlackBox, has_the_call_that_the_module_did_not_come_back_from) {
  sim::World world(commands::kBfq4004);
  Module module({}, commands::kBfq4004);
  Recorded<runtime::Doors> doors(module, build());
  Pages pages;
  doors.recorder().write_to(pages);
  doors.handle(power::Started{}, Instant{1s});
  const std::string typed = "AT\r\n";
  doors.recorder().give_up(std::as_bytes(std::span(typed)), Instant{2s});
  Replay replay(pages.all(), build());
  std::optional<Record> last;
  for (auto step = replay.next(); step; step = replay.next()) last = step->record;
  ASSERT_TRUE(last);
  EXPECT_EQ(last->kind, RecordKind::uart_input_unfinished);
  EXPECT_EQ(text_of(last->bytes), typed);
  EXPECT_EQ(last->at, Instant{2s});
}

void expect_no_secret(std::span<const std::byte> file) {
  const std::string text = text_of(file);
  for (const char* secret :
       {"softap-secret", "bfq4004-lab", "tricky-secret", "payload-secret", "payload"})
    EXPECT_EQ(text.substr(text.find('\n')).find(secret), std::string::npos) << secret;
  EXPECT_NE(text.find("BFQ-LAB"), std::string::npos) << "names stay";
}

TEST(Redacted, journals_hold_no_secret_and_replay) {
  const Bytes file = recorded();
  const Bytes redacted = redact(file, build());
  expect_no_secret(redacted);
  EXPECT_TRUE(text_of(redacted).find(kRedacted) != std::string::npos);
  const Outcome before = replay(file), after = replay(redacted);
  EXPECT_EQ(after.difference, "");
  EXPECT_EQ(after.records, before.records);
  EXPECT_EQ(after.heard.size(), before.heard.size());
  EXPECT_EQ(after.heard.find("SEND Canceled"), before.heard.find("SEND Canceled"));
  EXPECT_EQ(after.heard.find("secret"), std::string::npos);
}

TEST(Redacted, copies_of_a_module_hold_no_secret_and_replay) {
  BlackBox box(60'000);
  Story story(box);
  for (int i = 0; i < 40; ++i) {
    story.tell();
    const Bytes redacted = redact(box.all(), build());
    expect_no_secret(redacted);
    ASSERT_EQ(replay(redacted).difference, "") << i;
  }
}
}  // namespace
}  // namespace bfq::journal
