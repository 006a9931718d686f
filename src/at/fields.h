#pragma once
#include <array>
#include <span>

#include "at/dialect.h"
#include "at/param.h"
#include "base/limits.h"

namespace bfq::at {
/// The arguments of one line.
struct FieldArray {
  std::array<Field, limits::kFields> fields{};
  std::size_t count = 0;
  Fields view() const { return Fields(fields.data(), count); }
};

/// Splits `1,"b\"c",` at its commas and resolves the escapes where they stand, so the fields point
/// into `text` (dialect 2). A backslash gives the character behind it, whichever that is; a comma
/// in quotation marks is data. Spaces directly after a comma, or in front, are skipped. False when
/// a quotation mark is missing or followed by anything but a comma. Fields beyond what `out` holds
/// are left out: it then holds one more than any command takes. Where numbers may be hexadecimal,
/// or begin with +, each is made decimal where it stands.
[[nodiscard]] bool split_fields(std::span<char> text, FieldArray& out,
                                SwitchPoints::Numbers = SwitchPoints::Numbers::decimal);

/// Where the field at `at` ends, without splitting: at a comma or at the end of `text`. npos when a
/// quotation mark is missing or followed by anything but a comma.
std::size_t end_of_field(std::string_view text, std::size_t at);
}  // namespace bfq::at
