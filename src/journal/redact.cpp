#include "journal/redact.h"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "at/line.h"
#include "at/secrets.h"
#include "journal/replay.h"
#include "runtime/doors.h"

namespace bfq::journal {
namespace {
constexpr char kInstead = 'x';
constexpr std::string_view kKept = "\"\\, \r";  // they separate arguments
constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvw";

// Passwords ---------------------------------------------------------------------------------------

/// What each password is replaced by: letters and digits that tell it from all others of its
/// length.
class Dictionary {
 public:
  const std::string& replacement(const std::string& secret) {
    const auto known = words_.find(secret);
    if (known != words_.end()) return known->second;
    std::string word(secret.size(), kInstead);
    std::size_t n = count_[secret.size()]++;
    for (auto c = word.rbegin(); c != word.rend() && n > 0; ++c, n /= kDigits.size())
      *c = kDigits[n % kDigits.size()];
    return words_.emplace(secret, word).first->second;
  }
  template <std::size_t N>
  void replace(Text<N>& secret) {
    secret = Text<N>(replacement(std::string(secret.view())));
  }
  /// Wherever a password is part of a text that is no argument of its command.
  void replace_all_in(std::string& text) const {
    constexpr std::size_t kShortest = 4;
    for (const auto& [secret, word] : words_) {
      if (secret.size() < kShortest) continue;
      for (std::size_t at = text.find(secret); at != std::string::npos;
           at = text.find(secret, at + word.size()))
        text.replace(at, word.size(), word);
    }
  }

 private:
  std::map<std::string, std::string> words_;
  std::map<std::size_t, std::size_t> count_;
};

/// What an argument says that stands in quotation marks.
std::string unescaped(std::string_view argument) {
  std::string text;
  for (std::size_t at = 1; at + 1 < argument.size(); ++at) {
    if (argument[at] == '\\') ++at;
    text += argument[at];
  }
  return text;
}

/// As long as `size`, by escaping as many letters as that takes.
std::string escaped(const std::string& word, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (i < size - word.size()) out += '\\';
    out += word[i];
  }
  return out;
}

/// Replaces what is secret in a line, with or without its LF: the argument of a masked parameter by
/// its word; where it is not sure which one that is, each byte but those that separate arguments.
/// An AT that begins the command stays, so that the line is answered as before. False when
/// something was not sure.
bool replace_secrets(std::string& line, const at::Dialect& dialect, Dictionary& dictionary) {
  const std::size_t size = line.size() - (line.ends_with('\n') ? 1 : 0);
  const at::Secrets secrets = at::secrets_of_typed(slice(line, 0, size), dialect);
  const std::size_t head = at::find_head(line, dialect);
  bool sure = !secrets.all().empty();
  for (const auto& [begin, end, exact] : secrets.all()) {
    sure = sure && exact;
    const std::string text = unescaped(line.substr(begin, end - begin));
    if (exact)
      line.replace(begin + 1, end - begin - 2,
                   escaped(dictionary.replacement(text), end - begin - 2));
    for (std::size_t at = begin; !exact && at < end; ++at)
      if (kKept.find(line[at]) == std::string_view::npos &&
          (at < head || at >= head + at::kHeadSize))
        line[at] = kInstead;
  }
  return sure;
}

/// All but what may end it: `+++`, and `\0` of AT+CIPSENDEX.
void replace_payload(std::span<char> bytes) {
  const auto is_kept = [](char c) { return c == '+' || c == '\\' || c == '0'; };
  std::replace_if(bytes.begin(), bytes.end(), std::not_fn(is_kept), kInstead);
}

// What was typed ----------------------------------------------------------------------------------

bool takes_payload(const Module& module) {
  const Activity activity = module.status().activity;
  return activity == Activity::collecting || activity == Activity::passthrough;
}

/// Goes through a journal, finds all lines and payload that were typed, and replaces what is secret
/// in them. A line may come in many pieces, so it is known only at its end what is a password in
/// it.
class Typing {
 public:
  Typing(Dictionary& dictionary, const at::Dialect& dialect)
      : dictionary_(dictionary), dialect_(dialect) {}

  /// The line that was begun when the journal begins.
  void begin(std::span<char> line) {
    state_line_.assign(line.begin(), line.end());
    for (char& c : state_line_) line_.push_back(&c);
  }
  /// `module` is about to be fed this.
  void add(const Module& module, const Record& record) {
    std::string& bytes = records_.emplace_back();
    for (const std::byte b : record.bytes) bytes += static_cast<char>(b);
    if (record.kind == RecordKind::uart_input_unfinished) return add_unfinished(module, bytes);
    auto probe = std::make_unique<Module>(module);
    for (char& c : bytes) {
      const bool is_payload = takes_payload(*probe);
      const auto byte = static_cast<std::byte>(c);
      if (probe->uart_input({&byte, 1}, record.at) == 0) break;
      is_payload ? replace_payload({&c, 1}) : add_to_line(c);
    }
  }
  void finish() {
    end_line();
    for (const Line& line : others_) {
      std::string text = text_of(line);
      dictionary_.replace_all_in(text);
      put(line, text);
    }
  }
  const std::string& state_line() const { return state_line_; }
  /// What was typed in each record, without secrets.
  const std::deque<std::string>& records() const { return records_; }

 private:
  using Line = std::vector<char*>;

  /// The module does not come back from this one, so nobody can be asked what it makes of it.
  void add_unfinished(const Module& module, std::string& bytes) {
    bool is_payload = takes_payload(module);
    std::size_t left = bytes.size();
    if (const std::size_t missing = module.status().payload_missing; missing > 0) left = missing;
    for (char& c : bytes) {
      if (is_payload) {
        replace_payload({&c, 1});
        is_payload = --left > 0;
        continue;
      }
      is_payload = c == '\n' && text_of(line_).find("CIPSEND") != std::string::npos;
      left = bytes.size();
      add_to_line(c);
    }
  }
  void add_to_line(char& c) {
    line_.push_back(&c);
    if (c == '\n') end_line();
  }
  void end_line() {
    std::string text = text_of(line_);
    const bool sure = replace_secrets(text, dialect_, dictionary_);
    put(line_, text);
    if (!sure) others_.push_back(line_);
    line_.clear();
  }
  static std::string text_of(const Line& line) {
    std::string text;
    for (const char* c : line) text += *c;
    return text;
  }
  static void put(const Line& line, const std::string& text) {
    for (std::size_t i = 0; i < line.size(); ++i) *line[i] = text[i];
  }

  Dictionary& dictionary_;
  const at::Dialect& dialect_;
  std::string state_line_;
  std::deque<std::string> records_;
  Line line_;
  std::vector<Line> others_;
};

// The rest ----------------------------------------------------------------------------------------

/// A record with its passwords replaced. A slot that is no whole record of this version is emptied:
/// it may hold a part of one.
void replace_in_slot(std::span<std::byte> slot, Dictionary& dictionary) {
  if (std::all_of(slot.begin(), slot.end(), [](std::byte b) { return b == std::byte{0xFF}; }))
    return;
  std::vector<std::byte> image(slot.begin(), slot.end());
  image.resize(2 * slot.size(), std::byte{0xFF});
  Stored stored = load_record(image, Settings{}).stored;
  std::array<std::byte, kLargestRecord> record{};
  const std::size_t size = encode_record(stored, record);
  if (size > slot.size() ||
      !std::equal(slot.begin(), slot.begin() + static_cast<std::ptrdiff_t>(size), record.begin())) {
    std::fill(slot.begin(), slot.end(), std::byte{0});
    return;
  }
  for_each_password(stored.settings, [&](Text<64>& password) { dictionary.replace(password); });
  encode_record(stored, record);
  std::copy_n(record.begin(), size, slot.begin());
}

/// Goes through a state, down to all that may hold a secret.
class StateVisit {
 public:
  StateVisit(Dictionary& dictionary, Typing& typing, bool replaces)
      : dictionary_(dictionary), typing_(typing), replaces_(replaces) {}

  template <Described T>
  void visit(T& value) {
    for_each_part(value,
                  [&](MemberName name, auto&& part) { name.secret ? secret(part) : visit(part); });
  }

 private:
  template <std::size_t N>
  void secret(Text<N>& text) {
    dictionary_.replace(text);
  }
  void secret(const auto&) {}

  /// It may have been typed in the place of something else.
  template <std::size_t N>
  void visit(Text<N>& text) {
    std::string bytes(text.view());
    if (replaces_) dictionary_.replace_all_in(bytes);
    text = Text<N>(bytes);
  }
  /// The line that is being typed.
  template <class Size>
  void visit(Counted<char, Size> line) {
    if (replaces_)
      std::copy(typing_.state_line().begin(), typing_.state_line().end(), line.all.begin());
    else
      typing_.begin(line.values());
  }
  template <class Size>
  void visit(Counted<std::byte, Size> payload) {
    replace_payload({reinterpret_cast<char*>(payload.all.data()), payload.all.size()});
  }
  template <class Size>
  void visit(Ring<std::byte, Size> output) {
    replace(output.all);
  }
  static void replace(std::span<std::byte> bytes) {
    std::fill(bytes.begin(), bytes.end(), static_cast<std::byte>(kInstead));
  }

  template <class T, class Size>
  void visit(Counted<T, Size> counted) {
    for (T& value : counted.values()) visit(value);
  }
  template <class T, class Size>
  void visit(Ring<T, Size> ring) {
    for (const auto values : {ring.front(), ring.wrapped()})
      for (T& value : values) visit(value);
  }
  template <class T, std::size_t N>
  void visit(std::array<T, N>& values) {
    for (T& value : values) visit(value);
  }
  template <class T>
  void visit(std::optional<T>& value) {
    if (value) visit(*value);
  }
  template <class... A>
  void visit(std::variant<A...>& value) {
    std::visit([&](auto& alternative) { visit(alternative); }, value);
  }
  void visit(const auto&) {}  // a number, or an address

  Dictionary& dictionary_;
  Typing& typing_;
  bool replaces_;  ///< else it only looks
};

/// Lives through the old journal with one module and the new one with another, side by side.
class Redaction {
 public:
  Redaction(std::span<const std::byte> file, Build build)
      : file_(file), build_(build), typing_(dictionary_, build.dialect) {}

  std::vector<std::byte> run() {
    look();
    write();
    return {pages_.all().begin(), pages_.all().end()};
  }

 private:
  void look();
  void write();
  void begin(const Beginning& beginning);
  void feed(const Record& record);
  void type(const Record& record);
  void tell(const Record& record);
  void compare(const Module& old, const Record& record) const;
  [[noreturn]] static void refuse(const Record& record) {
    throw Unreadable(record.offset,
                     "from here on the module would do something else without its secrets");
  }

  std::span<const std::byte> file_;
  Build build_;
  Dictionary dictionary_;
  Typing typing_;
  std::size_t typed_ = 0;  ///< records of typing so far
  std::unique_ptr<Module> module_;
  Beginning beginning_;
  std::optional<Recorded<runtime::Doors>> doors_;
  Pages pages_;
};

/// The first time: what is typed, and which passwords there are.
void Redaction::look() {
  Replay old(file_, build_);
  Records records(file_);
  records.next();
  if (!old.beginning().state.empty()) {
    Module copy = old.module();
    StateVisit(dictionary_, typing_, false).visit(copy);
  }
  Instant last = old.beginning().at;
  while (!records.at_end()) {
    const Record record = read_record(records.next(), last);
    last = record.at;
    const bool is_end = record.kind == RecordKind::uart_input_unfinished;
    require_room_for_requests(old.module(), record);
    if (is_end || record.kind == RecordKind::uart_input) typing_.add(old.module(), record);
    if (is_end) break;
    const auto step = old.next();
    if (!step->difference.empty())
      throw Unreadable(record.offset, "the journal does not replay: " + step->difference);
  }
  typing_.finish();
}

void Redaction::write() {
  Replay old(file_, build_);
  Records records(file_);
  begin(read_beginning(records.next()));
  Instant last = beginning_.at;
  while (!records.at_end()) {
    const Record record = read_record(records.next(), last);
    last = record.at;
    if (record.kind == RecordKind::uart_input_unfinished) {
      doors_->recorder().give_up(std::as_bytes(std::span(typing_.records()[typed_])), record.at);
      return;
    }
    feed(record);
    old.next();
    compare(old.module(), record);
  }
}

void Redaction::begin(const Beginning& beginning) {
  beginning_ = beginning;
  module_ = make_module(beginning_, build_, 0);
  doors_.emplace(*module_, Build{beginning_.build, build_.dialect}, kRedacted);
  if (!beginning_.state.empty()) {
    StateVisit(dictionary_, typing_, true).visit(*module_);
    doors_->recorder().resume(beginning_.at);
  }
  doors_->recorder().write_to(pages_);
}

void Redaction::feed(const Record& record) {
  const std::vector<std::byte> instead(record.bytes.size(), static_cast<std::byte>(kInstead));
  switch (record.kind) {
    case RecordKind::begin:
    case RecordKind::uart_input_unfinished: break;
    case RecordKind::power_cut: {
      auto next = std::make_unique<Module>(beginning_.identity(), build_.dialect);
      doors_->replace(*next);
      module_ = std::move(next);
      break;
    }
    case RecordKind::uart_input: return type(record);
    case RecordKind::uart_sent:
      if (module_->uart_output().size() < record.n) refuse(record);
      return doors_->uart_sent(record.n, record.at);
    case RecordKind::link_sent: return doors_->link_sent(record.link, record.n, record.at);
    case RecordKind::link_input:
      if (module_->link_room(record.link) < instead.size()) refuse(record);
      return doors_->link_input(record.link, instead, record.at);
    case RecordKind::datagram_input:
      if (module_->datagram_room(record.link) < instead.size()) refuse(record);
      return doors_->datagram_input(record.link, record.sender, instead, record.at);
    case RecordKind::event: return tell(record);
    case RecordKind::request:
      if (const auto request = doors_->next_request(); !request || request->index() != record.n)
        refuse(record);
      return;
    case RecordKind::advance: return doors_->advance(record.at);
  }
}

void Redaction::type(const Record& record) {
  std::string offered = typing_.records()[typed_++];
  if (record.beyond > 0) offered += '?';
  if (doors_->uart_input(std::as_bytes(std::span(offered)), record.at) != record.bytes.size())
    refuse(record);
}

void Redaction::tell(const Record& record) {
  Event event = *record.event;
  for_each_secret(event, [this](auto& password) { dictionary_.replace(password); });
  const auto* started = std::get_if<power::Started>(&event);
  if (started == nullptr) return doors_->handle(event, record.at);
  std::vector<std::byte> image(started->flash.begin(), started->flash.end());
  const std::size_t half = image.size() / 2;
  replace_in_slot(std::span(image).first(half), dictionary_);
  replace_in_slot(std::span(image).subspan(half), dictionary_);
  doors_->handle(power::Started{started->reason, image}, record.at);
}

void Redaction::compare(const Module& old, const Record& record) const {
  const Status a = old.status(), b = module_->status();
  const bool same = old.uart_output().size() == module_->uart_output().size() &&
                    a.activity == b.activity && a.free_bytes == b.free_bytes &&
                    a.deadline == b.deadline && a.writes == b.writes;
  if (!same) refuse(record);
}
}  // namespace

std::vector<std::byte> redact(std::span<const std::byte> file, Build build) {
  return Redaction(file, build).run();
}
}  // namespace bfq::journal
