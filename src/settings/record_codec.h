#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/host_name.h"
#include "base/range.h"
#include "settings/settings.h"

/// How values lie in a flash record: numbers are little-endian, a text is its size and its bytes. A
/// type that has no value() in both classes cannot be stored.
namespace bfq::record {

/// Writes to the front of `out`. Its end is our own mistake (CHECK).
class RecordWriter {
 public:
  explicit RecordWriter(std::span<std::byte> out) : out_(out) {}

  void value(std::integral auto number) {
    this->number(static_cast<std::uint32_t>(number), sizeof(number));
  }
  void value(Ipv4 address) { number(address.bits, sizeof(address.bits)); }
  void value(const AddressSettings&);
  void value(const std::optional<MacAddress>&);
  template <std::size_t N>
  void value(const Text<N>& text) {
    this->text(text.view());
  }

  void value(const HostName& name) { text(name.view()); }

  void number(std::uint32_t value, std::size_t bytes);
  void text(std::string_view);
  std::size_t size() const { return size_; }
  std::span<const std::byte> since(std::size_t begin) const {
    return out_.subspan(begin, size_ - begin);
  }
  void set_byte(std::size_t at, std::uint8_t value) { out_[at] = std::byte{value}; }

 private:
  std::span<std::byte> out_;
  std::size_t size_ = 0;
};

/// Reads past its end as zeros or as nothing, and remembers that it did. It remembers as well what
/// was out of its range, for no command could have stored that: a checksum can be right by
/// accident, and a newer firmware can know more.
class RecordReader {
 public:
  explicit RecordReader(std::span<const std::byte> in) : in_(in) {}

  template <std::unsigned_integral T>
  void value(T& out, Range range) {
    out = static_cast<T>(number(sizeof(T), range));
  }
  template <std::signed_integral T>
  void value(T& out, Range range) {
    out = static_cast<T>(number(sizeof(T)));
    require(out >= range.min && out <= range.max);
  }
  void value(bool& out) { out = number(1) != 0; }
  void value(Ipv4& out) { out = Ipv4(number(4)); }
  void value(AddressSettings&);
  void value(std::optional<MacAddress>&);
  template <std::size_t N>
  void value(Text<N>& out, Range size) {
    require(out.assign(text(size)));
  }

  /// Empty where nothing is stored.
  void value(HostName& out, Range size) {
    const std::string_view name = text(size);
    out = {};
    require(name.empty() || out.assign(name));
  }

  std::uint32_t number(std::size_t bytes);
  std::uint32_t number(std::size_t bytes, Range);
  std::string_view text(Range size);
  void require(bool holds) { good_ = good_ && holds; }
  bool is_at_end() const { return at_ == in_.size(); }
  bool good_to_the_end() const { return good_ && at_ == in_.size(); }

 private:
  std::span<const std::byte> in_;
  std::size_t at_ = 0;
  bool good_ = true;
};
}  // namespace bfq::record
