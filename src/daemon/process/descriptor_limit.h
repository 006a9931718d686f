#pragma once

namespace bfq::process {

/// Lets this process have as many file descriptors as it may: the soft limit is what programs need
/// that use select(2), which this one does not. Where the system refuses, it stays as it is. Says
/// how many it may have.
unsigned long raise_descriptor_limit();
}  // namespace bfq::process
