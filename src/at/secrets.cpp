#include "at/secrets.h"

#include <algorithm>

#include "at/fields.h"
#include "at/line.h"
#include "base/limits.h"
#include "base/text.h"

namespace bfq::at {
namespace {
constexpr std::size_t kNone = std::string_view::npos;

/// Whether the argument, as it was typed, is of the parameter's kind. An empty one always is.
bool suits(const Param& param, std::string_view typed) {
  const bool quoted = !typed.empty() && typed.front() == '"';
  const Field field{.text = quoted ? slice(typed, 1, typed.size() - 2) : typed,
                    .present = !typed.empty(),
                    .quoted = quoted};
  std::int32_t number = 0;
  MacAddress mac;
  Ipv4 address;
  std::size_t choice = 0;
  if (!field.present) return true;
  switch (param.kind) {
    case Kind::ignored: return true;
    case Kind::text:
    case Kind::host: return quoted;
    case Kind::integer: return read_integer(field, param.range, number) == Fault::none;
    case Kind::mac: return read_mac(field, mac) == Fault::none;
    case Kind::ipv4: return read_ipv4(field, address) == Fault::none;
    case Kind::choice: return read_choice(field, param.choices, choice) == Fault::none;
  }
  return false;
}

/// The first masked parameter of a shape; its size where it has none.
std::size_t masked_in(const Shape& shape) {
  const auto at = std::find_if(shape.params.begin(), shape.params.end(),
                               [](const Param& p) { return p.secret; });
  return static_cast<std::size_t>(at - shape.params.begin());
}

/// The first shape of a row that masks something, or nullptr.
const Shape* masking_shape(const Command& command) {
  for (const Shape& shape : command.set.shapes())
    if (masked_in(shape) < shape.params.size()) return &shape;
  return nullptr;
}

/// Of `line`, whose arguments begin at `at`. False when they are not as the row wants them.
bool add_arguments(const Shape& shape, std::string_view line, std::size_t at, Secrets& out) {
  const std::size_t masked = masked_in(shape);
  std::array<Secret, limits::kFields> fields{};
  std::size_t count = 0, from = at;
  for (;; ++at) {
    while (at < line.size() && line[at] == ' ') ++at;
    if (count == masked) from = at;
    const std::size_t end = end_of_field(line, at);
    const bool good = count < shape.params.size() && end != kNone &&
                      suits(shape.params[count], slice(line, at, end - at));
    if (!good) return out.add({from, line.size()}), false;
    fields[count++] = {at, end, true};
    if (end == line.size()) break;
    at = end;
  }
  for (std::size_t i = 0; i < count; ++i)
    if (shape.params[i].secret && fields[i].begin < fields[i].end) out.add(fields[i]);
  return true;
}

bool ends_in_quotation_marks(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      quoted = !quoted;
  }
  return quoted;
}

/// Of commands that were typed behind one without secrets, with no line end between them. True when
/// one has secrets: they begin with its arguments.
bool add_joined_command(std::string_view line, std::size_t from, const Dialect& dialect,
                        Secrets& out) {
  while ((from = find_head(line, dialect, from)) != kNone) {
    from += kHeadSize;
    const Parsed parsed = parse(slice(line, from));
    const Command* command = find(dialect, parsed.name);
    if (command == nullptr || parsed.form != Form::set || masking_shape(*command) == nullptr)
      continue;
    return out.add({line.size() - parsed.arguments.size(), line.size()}), true;
  }
  return false;
}

/// Of what stands in `line` from `begin` on. False when more may follow that is no better.
bool add_command(std::string_view line, std::size_t begin, const Dialect& dialect, Secrets& out) {
  const std::size_t head = find_head(line, dialect, begin), quote = line.find('"', begin);
  const Parsed parsed = parse(slice(line, head == kNone ? kNone : head + kHeadSize));
  const Command* command = head == kNone ? nullptr : find(dialect, parsed.name);
  const bool valid = command != nullptr && has_form(*command, parsed.form);
  if (quote != kNone && (quote < head || !valid)) out.add({quote, valid ? head : line.size()});
  const Shape* shape = valid && parsed.form == Form::set ? masking_shape(*command) : nullptr;
  // AT+CWJ may be the first part of anything: so may be what cut it, directly behind it.
  const bool is_part = head == begin && (parsed.name.empty() || parsed.name.front() == '+');
  out.set_open(shape != nullptr || (!valid && (is_part || quote != kNone)));
  if (shape == nullptr) {
    if (valid && add_joined_command(line, head + kHeadSize, dialect, out)) out.set_open(true);
    return valid || !ends_in_quotation_marks(slice(line, begin));
  }
  return add_arguments(*shape, line, line.size() - parsed.arguments.size(), out);
}

/// Where a field of a reply ends, in which nothing is escaped.
std::size_t end_of_bare_field(std::string_view line, std::size_t at) {
  if (at >= line.size() || line[at] != '"') return std::min(line.find(',', at), line.size());
  const std::size_t mark = line.find('"', at + 1);
  if (mark == kNone) return kNone;
  return mark + 1 == line.size() || line[mark + 1] == ',' ? mark + 1 : kNone;
}
}  // namespace

void Secrets::add(Secret secret) {
  const bool continues = count_ > 0 && !secret.exact && !secrets_[count_ - 1].exact &&
                         secrets_[count_ - 1].end == secret.begin;
  if (continues || count_ == secrets_.size())
    secrets_[count_ - 1].end = secret.end;
  else
    secrets_[count_++] = secret;
}

Secrets secrets_of_typed(std::string_view line, const Dialect& dialect) {
  Secrets out;
  for (std::size_t begin = 0, end = 0; end < line.size(); begin = end + 1) {
    end = std::min(line.find('\r', begin), line.size());
    const bool clear = add_command(slice(line, 0, end), begin, dialect, out);
    if (end == line.size()) break;
    out.set_open(false);
    if (!clear) return out.add({end, line.size()}), out;
  }
  return out;
}

namespace {
/// Behind what the password of a phone stands; 0 where it is no such line.
std::size_t before_phone_password(std::string_view line, const Dialect& dialect) {
  const std::string_view before = dialect.words[Word::phone_password];
  return line.starts_with(before) ? before.size() : 0;
}
}  // namespace

bool is_information(std::string_view line, const Dialect& dialect) {
  if (before_phone_password(line, dialect) > 0) return true;
  const std::size_t end = line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", 1);
  return line.starts_with('+') && slice(line, end, 1) == ":";
}

Secrets secrets_of_information(std::string_view line, const Dialect& dialect) {
  Secrets out;
  if (const std::size_t begin = before_phone_password(line, dialect); begin > 0) {
    out.add({begin, line.size()});
    return out;
  }
  const std::size_t arguments = std::min(line.find(':'), line.size() - 1) + 1;
  const Command* command = find(dialect, slice(line, 0, arguments - 1));
  const Shape* shape = command == nullptr ? nullptr : masking_shape(*command);
  if (shape == nullptr || line.find('"') == kNone) return out;
  const std::string_view masked = shape->params[masked_in(*shape)].name;
  std::string_view fields = command->query.reply.view();
  fields = slice(fields, 0, fields.find('\n'));
  std::size_t at = arguments, from = kNone;
  while (!(fields = slice(fields, fields.find('<'))).empty()) {
    if (at > line.size()) break;
    const std::size_t end = fields.find('>');
    if (slice(fields, 1, end - 1) == masked) from = at;
    fields = slice(fields, end);
    at = end_of_bare_field(line, at);
    if (at != kNone) ++at;
  }
  // A text in it may have a quotation mark in it, or something else may have come between.
  const bool whole = fields.empty() && at == line.size() + 1;
  if (!whole || from != kNone) out.add({whole ? from : arguments, line.size()});
  return out;
}
}  // namespace bfq::at
