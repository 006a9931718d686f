#include "player.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <utility>

#include "settings/settings.h"
namespace bfq {
namespace {
using script::BadLine;
using script::escaped;
using script::unescape_quoted;
using script::Words;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::uint8_t kStation = 1;  // of AT+CWMODE

/// A line that begins with a mark, without the mark and the one space behind it.
std::string after_mark(std::string_view line) {
  if (line.size() > 1 && line[1] != ' ') throw BadLine("wants a space behind its mark");
  return std::string(line.substr(std::min<std::size_t>(2, line.size())));
}

std::string exact(std::string_view line) {
  std::size_t at = line.find('"');
  if (at == std::string_view::npos) throw BadLine("wants a text in \"");
  std::string bytes = unescape_quoted(line, at);
  if (at != line.size()) throw BadLine("nothing may follow the text");
  return bytes;
}

bool is_masked(std::string_view line) { return line.size() > 1 && line[1] == '?'; }

/// How many of the bytes at `at` are as wanted, with {number} standing for one digit or more; npos
/// when they aren't.
std::size_t match_masked(std::string_view got, std::string_view wanted) {
  constexpr std::string_view kNumber = "{number}";
  std::size_t at = 0;
  while (!wanted.empty()) {
    const std::size_t literal = std::min(wanted.find(kNumber), wanted.size());
    if (got.substr(std::min(at, got.size()), literal) != wanted.substr(0, literal))
      return std::string_view::npos;
    at += literal;
    wanted.remove_prefix(literal);
    if (wanted.empty()) break;
    wanted.remove_prefix(kNumber.size());
    const std::size_t end = std::min(got.find_first_not_of("0123456789", at), got.size());
    if (end == at) return std::string_view::npos;
    at = end;
  }
  return at;
}

std::size_t match(std::string_view got, std::string_view wanted, bool masked) {
  if (masked) return match_masked(got, wanted);
  return got.starts_with(wanted) ? wanted.size() : std::string_view::npos;
}

bool is_exact(std::string_view line) { return line.size() > 1 && line[1] == '='; }

std::string cut(std::string_view s) { return std::string(s.substr(0, 400)); }
}  // namespace

std::string Player::play(std::istream& text) {
  try {
    for (std::string line; std::getline(text, line);) {
      ++line_number_;
      step(line);
    }
    ++line_number_;
    compare();
  } catch (const Mismatch& m) {
    return std::to_string(m.line) + ": " + m.what;
  } catch (const std::exception& e) {
    return std::to_string(line_number_) + ": " + e.what();
  }
  return {};
}

void Player::step(std::string_view line) {
  if (line.empty() || line[0] == '#') return;
  if (line[0] == '<') return expect(line);
  if (prepare(Words(line[0] == '>' ? "" : line))) return;
  compare();
  if (line[0] == '>') return type(line);
  if (line[0] != '~') return act(line);
  Words words(after_mark(line));
  const Duration d = words.take_duration();
  words.end();
  world().pass(d);
}

void Player::type(std::string_view line) {
  const std::string bytes = is_exact(line) ? exact(line) : after_mark(line) + std::string(kLineEnd);
  sim::World& there = world();
  if (audience_ == nullptr) return there.host_types(bytes);
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string_view piece = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
    rest.remove_prefix(piece.size());
    const bool is_asleep = there.module().status().activity == Activity::asleep;
    if (!is_asleep) audience_->typed(piece);
    there.host_types(piece);
    hear();
  }
}

void Player::hear() {
  const std::string heard = world_->printed();
  got_ += heard;
  if (audience_ == nullptr || heard.empty()) return;
  const std::string complaint = audience_->printed(heard);
  if (!complaint.empty()) throw Mismatch{line_number_, complaint};
}

void Player::expect(std::string_view line) {
  world();
  if (is_exact(line)) return expected_.push_back({line_number_, exact(line)});
  const bool masked = is_masked(line);
  const std::string text = after_mark(masked ? "<" + std::string(line.substr(2)) : line);
  expected_.push_back({line_number_, text + std::string(kLineEnd), masked});
}

/// What has come since the last action must be what was expected of it, no byte more or less.
void Player::compare() {
  if (world_ == nullptr) return;
  hear();
  const std::string got = std::exchange(got_, {});
  std::size_t at = 0;
  for (std::size_t i = 0; i < expected_.size(); ++i) {
    const std::size_t n =
        match(std::string_view(got).substr(at), expected_[i].bytes, expected_[i].masked);
    if (n == std::string_view::npos) complain(i, got.substr(at));
    at += n;
  }
  expected_.clear();
  if (at < got.size())
    throw Mismatch{line_number_,
                   "before this line came, unexpected, " + escaped(cut(got.substr(at)))};
}

void Player::complain(std::size_t at, const std::string& got) const {
  std::string wanted;
  for (std::size_t i = at; i < expected_.size(); ++i) wanted += expected_[i].bytes;
  throw Mismatch{expected_[at].line,
                 "want " + escaped(cut(wanted)) + "\n    got  " + escaped(cut(got))};
}

sim::World& Player::world() {
  if (world_ == nullptr) start(true);
  return *world_;
}

void Player::start(bool booted) {
  world_ = std::make_unique<sim::World>(dialect_, identity_);
  const std::size_t at_once = manner_ == HostManner::byte_by_byte ? 1 : SIZE_MAX;
  world_->host.reads_at_once = world_->host.types_at_once = at_once;
  world_->power_on();
  if (!booted) return;
  world_->pass(world_->boot_times.power_on);
  if (const std::string got = world_->printed(); got != "\r\nready\r\n")
    throw std::runtime_error("the module says at its start " + escaped(got));
  const bool echoes_all = dialect_.switches.echo == at::SwitchPoints::Echo::each_byte;
  const std::string echo = echoes_all ? "ATE0\r\n" : "ATE0\r\r\n";
  world_->host_types("ATE0\r\n");
  if (const std::string got = world_->printed(); got != echo + "\r\nOK\r\n")
    throw std::runtime_error("ATE0 is answered by " + escaped(got));
  if (dialect_.factory_settings({}).mode == kStation) return;
  world_->host_types("AT+CWMODE_CUR=1\r\n");
  if (const std::string got = world_->printed(); got != "\r\nOK\r\n")
    throw std::runtime_error("AT+CWMODE_CUR=1 is answered by " + escaped(got));
}

std::vector<std::string> personalities_of(std::istream& text) {
  constexpr std::string_view kMark = "personality ";
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with(kMark)) continue;
    std::istringstream names(line.substr(kMark.size()));
    return {std::istream_iterator<std::string>(names), {}};
  }
  return {"bfq4004"};
}

}  // namespace bfq
