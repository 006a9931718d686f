#include "settings/record_codec.h"

#include "base/check.h"

namespace bfq::record {
void RecordWriter::number(std::uint32_t value, std::size_t bytes) {
  CHECK(bytes <= out_.size() - size_);
  for (; bytes > 0; --bytes, value >>= 8U) out_[size_++] = static_cast<std::byte>(value);
}

void RecordWriter::text(std::string_view text) {
  number(static_cast<std::uint32_t>(text.size()), 1);
  for (const char c : text) number(static_cast<std::uint8_t>(c), 1);
}

void RecordWriter::value(const AddressSettings& a) {
  for (const Ipv4 ip : {a.address, a.gateway, a.netmask}) value(ip);
}

void RecordWriter::value(const std::optional<MacAddress>& mac) {
  value(mac.has_value());
  for (const std::uint8_t b : mac.value_or(MacAddress{}).bytes) value(b);
}

std::uint32_t RecordReader::number(std::size_t bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    require(at_ < in_.size());
    if (good_) value |= std::to_integer<std::uint32_t>(in_[at_++]) << (8 * i);
  }
  return value;
}

std::uint32_t RecordReader::number(std::size_t bytes, Range range) {
  const std::uint32_t value = number(bytes);
  require(range.holds(value));
  return value;
}

std::string_view RecordReader::text(Range range) {
  const std::size_t size = number(1, range);
  require(size <= in_.size() - at_);
  if (!good_) return {};
  at_ += size;
  return {reinterpret_cast<const char*>(in_.data()) + at_ - size, size};
}

void RecordReader::value(AddressSettings& out) {
  for (Ipv4* ip : {&out.address, &out.gateway, &out.netmask}) value(*ip);
}

void RecordReader::value(std::optional<MacAddress>& out) {
  const bool present = number(1) != 0;
  MacAddress mac;
  for (std::uint8_t& b : mac.bytes) b = static_cast<std::uint8_t>(number(1));
  out = present ? std::optional(mac) : std::nullopt;
}
}  // namespace bfq::record
