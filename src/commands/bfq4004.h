#pragma once
#include "at/dialect.h"

namespace bfq::commands {
/// The module of the BFQ4004's own documents, and of observed hardware where they are silent.
extern const at::Dialect kBfq4004;
}  // namespace bfq::commands
