#include "at/reply.h"

#include <array>
#include <charconv>

#include "base/check.h"
#include "base/text.h"

namespace bfq::at {
namespace {
constexpr std::string_view kHex = "0123456789abcdef";
}  // namespace

Reply& Reply::text(std::string_view s) {
  return bytes(std::as_bytes(std::span(s.data(), s.size())));
}

Reply& Reply::bytes(std::span<const std::byte> bytes) {
  CHECK(out_->push(bytes) == bytes.size());
  return *this;
}

Reply& Reply::number(std::int64_t value) {
  // A division of 64 bits would bring a function of 700 bytes into an image for a chip.
  CHECK(value >= INT32_MIN && value <= UINT32_MAX);
  if (value < 0) text("-");
  std::array<char, 10> digits{};
  const auto magnitude = static_cast<std::uint32_t>(value < 0 ? -value : value);
  const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude).ptr;
  return text({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

Reply& Reply::hexadecimal(std::uint32_t value, unsigned digits) {
  constexpr std::array kPrefix = {'0', 'x'};
  text({kPrefix.data(), kPrefix.size()});
  while (digits-- > 0) text(slice(kHex, value >> (4 * digits) & 15U, 1));
  return *this;
}

Reply& Reply::quoted(std::string_view s) { return text("\"").text(s).text("\""); }

Reply& Reply::mac(const MacAddress& address) { return text("\"").bare_mac(address).text("\""); }

Reply& Reply::bare_mac(const MacAddress& address) {
  for (std::size_t i = 0; i < address.bytes.size(); ++i) {
    if (i > 0) text(":");
    const unsigned byte = address.bytes[i];
    text(slice(kHex, byte >> 4U, 1)).text(slice(kHex, byte & 15U, 1));
  }
  return *this;
}

Reply& Reply::address(Ipv4 address) {
  for (unsigned i = 0; i < 4; ++i) {
    if (i > 0) text(".");
    number(address.octet(i));
  }
  return *this;
}
}  // namespace bfq::at
