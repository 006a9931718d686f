#pragma once
#include <cstddef>
#include <span>

namespace bfq {
class Chip;

/// Hands what is typed over to the client that the job TypingText is for, and goes on with its
/// command when all of it has come. Returns how many bytes that were: fewer than `typed` where the
/// rest belongs to what follows, or has to wait until the client has been given what there is.
std::size_t take_text(Chip& chip, std::span<const std::byte> typed);
}  // namespace bfq
