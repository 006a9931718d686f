#include "at/param.h"

#include <algorithm>

#include "base/ascii.h"

namespace bfq::at {
namespace {
// Fidelity (our decision, dialect 2.1): A number has one to nine digits and no quotation marks;
// with more digits it answers ERROR alone.
constexpr std::size_t kMostDigits = 9;  // dialect 2: so that an int32 always holds it
// Of a range that goes further.
constexpr std::int32_t kNineDigits = 999'999'999;
constexpr std::size_t kMostDigitsOfAll = 10;

Word word_for(const Param& param, Fault fault) {
  if (param.words == nullptr) return Word::none;
  switch (fault) {
    case Fault::none:
    case Fault::too_many_digits: return Word::none;
    case Fault::missing: return param.words->missing;
    case Fault::wrong: return param.words->wrong;
    case Fault::too_small: return param.words->too_small;
    case Fault::too_large: return param.words->too_large;
  }
  return Word::none;
}

bool is_given(const Param& param, const Field& field) {
  return field.present && !(param.empty_is_none && field.quoted && field.text.empty());
}

Cause cause_of(Fault fault) {
  switch (fault) {
    case Fault::none:
    case Fault::missing: break;
    case Fault::wrong: return Cause::kind;
    case Fault::too_small:
    case Fault::too_large:
    case Fault::too_many_digits: return Cause::value;
  }
  return Cause::execution;
}

/// Of Cause::number: how many arguments there may be, and how many came.
std::uint16_t numbers(std::span<const Param> params, Fields fields) {
  return static_cast<std::uint16_t>(params.size() << 8U | fields.size());
}

/// Refuses for arguments that are missing, or too many.
Refusal refuse_number(std::span<const Param> params, Fields fields, Word word) {
  const FaultWords* first = params.empty() ? nullptr : params.front().words;
  return first != nullptr && first->number_code != 0
             ? refuse(word, Cause::execution, first->number_code)
             : refuse(word, Cause::number, numbers(params, fields));
}

/// Refuses for a value that is none of the argument's.
Refusal refuse_value(const Param& param, Fault fault) {
  const Word word = word_for(param, fault);
  std::uint16_t code = 0;
  if (param.words != nullptr && fault != Fault::wrong)
    code = fault == Fault::too_small ? param.words->small_code : param.words->large_code;
  return code != 0 ? refuse(word, Cause::execution, code) : refuse(word, cause_of(fault));
}

/// Whether the argument at `i`, which is not given, is missing all the same.
bool is_missing(std::span<const Param> params, Fields fields, std::size_t i) {
  const auto given = [&](std::size_t other) {
    return other < fields.size() && is_given(params[other], fields[other]);
  };
  const bool next_needs_it = i + 1 < params.size() && params[i + 1].with_previous && given(i + 1);
  return !params[i].optional || (params[i].with_previous && given(i - 1)) || next_needs_it;
}
}  // namespace

Fault read_integer(Field field, Range range, std::int32_t& out) {
  if (field.quoted || field.text.empty()) return Fault::wrong;
  std::string_view digits = field.text;
  const bool negative = range.min < 0 && digits.front() == '-';
  if (negative) digits = slice(digits, 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return Fault::wrong;
  if (digits.size() > (range.max > kNineDigits ? kMostDigitsOfAll : kMostDigits))
    return Fault::too_many_digits;
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  if (negative) value = -value;
  if (value < range.min) return Fault::too_small;
  if (value > range.max) return Fault::too_large;
  out = static_cast<std::int32_t>(value);
  return Fault::none;
}

Fault read_text(Field field, Range range) {
  const auto size = static_cast<std::int32_t>(field.text.size());
  if (!field.quoted) return Fault::wrong;
  if (size < range.min) return Fault::too_small;
  return size > range.max ? Fault::too_large : Fault::none;
}

Fault read_mac(Field field, MacAddress& out) {
  if (!field.quoted || field.text.size() != 17) return Fault::wrong;
  for (std::size_t i = 0; i < 6; ++i) {
    const int high = hex_digit(field.text[3 * i]), low = hex_digit(field.text[3 * i + 1]);
    if (high < 0 || low < 0 || (i < 5 && field.text[3 * i + 2] != ':')) return Fault::wrong;
    out.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return Fault::none;
}

Fault read_ipv4(Field field, Ipv4& out) {
  if (!field.quoted) return Fault::wrong;
  const std::optional<Ipv4> address = parse_ipv4(field.text);
  if (!address) return Fault::wrong;
  out = *address;
  return Fault::none;
}

Fault read_choice(Field field, std::span<const std::string_view> choices, std::size_t& out) {
  const auto found = std::find(choices.begin(), choices.end(), field.text);
  if (!field.quoted || found == choices.end()) return Fault::wrong;
  out = static_cast<std::size_t>(found - choices.begin());
  return Fault::none;
}

// Fidelity (our decision, dialect 0.4.17): Optional arguments that are left empty at the end are
// as if they were not there.
Refusal store_all(std::span<const Param> params, Fields fields, Word surplus, const Chip& chip,
                  void* args) {
  // Fidelity (our decision, dialect 1.2.8): An argument too many answers ERROR.
  bool is_another_number = fields.size() > params.size();
  Word word = surplus;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Param& param = params[i];
    const bool given = i < fields.size() && is_given(param, fields[i]);
    if (!given && !is_missing(params, fields, i)) continue;
    if (!given) {
      is_another_number = true;
      word = word_for(param, Fault::missing);
      break;
    }
    if (const Fault fault = param.store(args, fields[i], param.range); fault != Fault::none)
      return refuse_value(param, fault);
    if (param.then == nullptr) continue;
    if (const Refusal refusal = param.then(chip, args)) return refusal;
  }
  return is_another_number ? refuse_number(params, fields, word) : kAccepted;
}
}  // namespace bfq::at
