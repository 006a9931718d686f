#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// The bytes of a journal: numbers, texts, and what stands around a record. See README.md for the
/// layout.
namespace bfq::journal {

/// These bytes are no journal, or a damaged one.
class Unreadable : public std::runtime_error {
 public:
  Unreadable(std::size_t offset, const std::string& what)
      : std::runtime_error("at byte " + std::to_string(offset) + ": " + what),
        offset_(offset),
        why_(what) {}
  /// Where in the file, counted from 0.
  std::size_t offset() const { return offset_; }
  /// What is wrong there.
  const std::string& why() const { return why_; }

 private:
  std::size_t offset_;
  std::string why_;
};

/// What stands behind the name of the format in the first line, for people.
inline constexpr std::string_view kHoldsSecrets =
    "holds passwords and payload; keep it to yourself, or see bfq4004 replay --redact";
inline constexpr std::string_view kRedacted = "passwords and payload were replaced";

/// No record is longer than this: a module's state, a flash image or a burst of typing, and a
/// margin.
inline constexpr std::size_t kLongestRecord = std::size_t{1} << 20U;

/// What a record of a journal holds.
enum class RecordKind : std::uint8_t {
  begin = 'B',
  power_cut = 'P',
  uart_input = 'i',
  uart_input_unfinished = 'I',
  uart_sent = 'o',
  link_input = 'l',
  datagram_input = 'd',
  link_sent = 's',
  event = 'e',
  request = 'q',
  advance = 'a',
};

/// CRC-32 as in flash_record.cpp, but fast: each byte that goes into a module or comes out of one
/// is summed here.
std::uint32_t crc32(std::span<const std::byte> bytes);

/// Collects the bytes of a record.
class Writer {
 public:
  void byte(std::uint8_t value) { *grow(1) = std::byte{value}; }
  void number(std::uint64_t value) {
    constexpr std::size_t kLongest = 10;
    if (bytes_.size() - size_ < kLongest) make_room(kLongest);
    for (; value >= 0x80U; value >>= 7U) bytes_[size_++] = static_cast<std::byte>(value | 0x80U);
    bytes_[size_++] = static_cast<std::byte>(value);
  }
  void bytes(std::span<const std::byte> bytes) {
    if (!bytes.empty()) std::copy(bytes.begin(), bytes.end(), grow(bytes.size()));
  }
  /// With its length in front.
  void text(std::string_view text);
  std::span<const std::byte> all() const { return std::span(bytes_).first(size_); }
  void clear() { size_ = 0; }

 protected:
  /// The next `n` bytes, which the caller writes.
  std::byte* grow(std::size_t n) {
    if (bytes_.size() - size_ < n) make_room(n);
    std::byte* const begin = bytes_.data() + size_;
    size_ += n;
    return begin;
  }
  void make_room(std::size_t n);

  std::vector<std::byte> bytes_;  ///< of which there may be more than are in use
  std::size_t size_ = 0;
};

/// Collects the content of a record where the record itself will lie, so that it is not copied.
class FrameWriter : public Writer {
 public:
  FrameWriter() { begin(); }
  /// The content is empty again.
  void begin() {
    clear();
    grow(kHead);
  }
  /// The whole record, valid until the next begin().
  std::span<const std::byte> end(RecordKind kind);

 private:
  static constexpr std::size_t kHead = 4;  ///< the kind, and a size of kLongestRecord
};

/// Reads what Writer wrote; Unreadable where that cannot be.
class Reader {
 public:
  /// `offset` is where `bytes` begin in the file.
  Reader(std::span<const std::byte> bytes, std::size_t offset) : bytes_(bytes), offset_(offset) {}

  std::uint8_t byte();
  std::uint64_t number(std::uint64_t most = UINT64_MAX);
  std::span<const std::byte> bytes(std::size_t n);
  std::string_view text(std::size_t most);
  std::span<const std::byte> rest() { return bytes(bytes_.size() - at_); }
  bool at_end() const { return at_ == bytes_.size(); }
  /// Nothing may be left.
  void end() const;
  std::size_t offset() const { return offset_ + at_; }
  [[noreturn]] void fail(const std::string& what) const { throw Unreadable(offset(), what); }

 private:
  std::span<const std::byte> bytes_;
  std::size_t offset_;
  std::size_t at_ = 0;
};

/// The first line of a file.
std::string first_line(std::string_view for_people);

/// Puts a whole record behind what is in `out`.
void frame(RecordKind kind, std::span<const std::byte> content, Writer& out);

/// One record as it lies in a file.
struct Framed {
  RecordKind kind{};
  std::span<const std::byte> content{};
  std::size_t offset = 0;          ///< of the record in the file
  std::size_t content_offset = 0;  ///< of its content
};

/// Cuts a file into its records.
class Records {
 public:
  /// `file` must outlive this. Unreadable when its first line is another.
  explicit Records(std::span<const std::byte> file);
  bool at_end() const { return at_ == file_.size(); }
  /// The next record; not to be asked at the end. Unreadable when it is damaged or cut short.
  Framed next();
  std::size_t offset() const { return at_; }

 private:
  std::span<const std::byte> file_;
  std::size_t at_ = 0;
};
}  // namespace bfq::journal
