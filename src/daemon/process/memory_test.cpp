#include "daemon/process/memory.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <cstdlib>
#include <new>

namespace bfq::process {
namespace {
// What the allocator calls; AddressSanitizer's never does.
TEST(Memory, that_is_exhausted_ends_the_program_with_one_line) {
  const auto end = [] {
    end_when_out_of_memory();
    std::get_new_handler()();
  };
  EXPECT_EXIT(end(), testing::ExitedWithCode(EXIT_FAILURE), "^bfq4004: out of memory\n$");
}

TEST(Memory, is_in_no_core_dump) {
  const auto end = [] {
    forbid_core_dumps();
    std::_Exit(prctl(PR_GET_DUMPABLE));
  };
  EXPECT_EXIT(end(), testing::ExitedWithCode(0), "");
}
}  // namespace
}  // namespace bfq::process
