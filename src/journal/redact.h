#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "journal/recorder.h"

namespace bfq::journal {

/// The same history without its secrets, so that it can be shown: each password becomes another of
/// the same length, the same one wherever it stands, and payload in both directions becomes
/// letters; a plus sign stays one, as +++ means something. Names of networks and hosts, addresses
/// and commands stay.
///
/// The new module must do what the old one did, at each step: Unreadable where it does not, or
/// where the journal itself is damaged or does not replay.
std::vector<std::byte> redact(std::span<const std::byte> file, Build build);
}  // namespace bfq::journal
