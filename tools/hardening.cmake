# BFQ_HARDENING and BFQ_HARDENING_LINK: the options of a hardened program, as far as this compiler,
# its linker and the target have them. (Position-independent programs are GCC's default in Debian.)
# hardening_check.py reads in the program, or in its recorded command lines, that each is there.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CheckCXXSourceRuns)
include(CheckLinkerFlag)

# Level 3 also checks sizes that are known only when the program runs; glibc has it from 2.34 on.
set(CMAKE_REQUIRED_FLAGS "-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
check_cxx_source_compiles("
  #include <features.h>
  #if __USE_FORTIFY_LEVEL < 3
  #error too old
  #endif
  int main() {}" BFQ_FORTIFY_3)
unset(CMAKE_REQUIRED_FLAGS)
if(BFQ_FORTIFY_3)
  set(fortify 3)
else()
  set(fortify 2)
endif()

# The library's own checks, such as of an index: a wrong one ends the program.
set(BFQ_HARDENING -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${fortify} -D_GLIBCXX_ASSERTIONS)
foreach(option
    -fstack-protector-strong
    -fstack-clash-protection         # a large frame cannot jump over the guard page
    -fcf-protection)                 # indirect jumps land where functions begin
  string(MAKE_C_IDENTIFIER "BFQ_HAS${option}" has)
  check_cxx_compiler_flag(${option} ${has})
  if(${has})
    list(APPEND BFQ_HARDENING ${option})
  endif()
endforeach()

# No variable holds what another left on the stack. GCC 12 clears more than padding with it: in an
# array that a derived aggregate gets from a function, members of the first element are lost
# (Status, for one). So this must run, not only compile; where it fails, the option is left out.
if(NOT CMAKE_CROSSCOMPILING)
  set(CMAKE_REQUIRED_FLAGS "-ftrivial-auto-var-init=zero")
  check_cxx_source_runs("
    struct Inner { unsigned kept = 0; unsigned short n = 0; };
    struct Element { char c{}; Inner inner; unsigned long more[2]{}; };
    template <class T, int N> struct Array { T at[N]; };
    struct Base { Array<Element, 5> elements{}; bool end = false; };
    struct Derived : Base {};
    Base make() { Base b; for (auto& e : b.elements.at) e.inner.kept = 1; return b; }
    Derived wrap() { return {make()}; }
    int main() {
      const Derived all = wrap();
      for (const auto& e : all.elements.at) if (e.inner.kept != 1) return 1;
    }" BFQ_ZEROES_ONLY_PADDING)
  unset(CMAKE_REQUIRED_FLAGS)
  if(BFQ_ZEROES_ONLY_PADDING)
    list(APPEND BFQ_HARDENING -ftrivial-auto-var-init=zero)
  endif()
endif()

set(BFQ_HARDENING_LINK)
foreach(option relro now noexecstack)
  check_linker_flag(CXX "LINKER:-z,${option}" BFQ_HAS_LINK_${option})
  if(BFQ_HAS_LINK_${option})
    list(APPEND BFQ_HARDENING_LINK "LINKER:-z,${option}")
  endif()
endforeach()
