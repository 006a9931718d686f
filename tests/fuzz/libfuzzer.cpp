// What libFuzzer calls.
#include <cstdint>

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz(std::as_bytes(std::span(data, size)));
  return 0;
}
