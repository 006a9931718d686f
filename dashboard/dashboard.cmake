# Sets `dashboard`: the source that holds the page for the program, see src/daemon/http/dashboard.h.
# ./dev installs what the page is made with; where that is not there, the program has no page.
find_program(BFQ_NODE node)
set(here ${CMAKE_SOURCE_DIR}/dashboard)
file(GLOB packages CONFIGURE_DEPENDS ${here}/node_modules/.package-lock.json)
if(BFQ_NODE AND packages)
  file(GLOB_RECURSE parts CONFIGURE_DEPENDS ${here}/src/*)
  set(dashboard ${CMAKE_CURRENT_BINARY_DIR}/dashboard.cpp)
  add_custom_command(
    OUTPUT ${dashboard}
    COMMAND ${BFQ_NODE} ${here}/build.mjs ${dashboard}
    DEPENDS ${parts} ${here}/build.mjs ${packages}
    VERBATIM)
  if(BFQ_TESTS)
    foreach(part unit lint types page)
      add_test(NAME dashboard_${part}
        COMMAND ${BFQ_NODE} ${here}/tests/run.mjs ${part} $<TARGET_FILE:bfq4004>)
      set_tests_properties(dashboard_${part} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77)
    endforeach()
  endif()
else()
  message(STATUS "The program is built without its dashboard: there is no node (18 or newer) with "
                 "the packages of dashboard/package.json")
  set(dashboard ${CMAKE_CURRENT_BINARY_DIR}/no_dashboard.cpp)
  file(CONFIGURE OUTPUT ${dashboard} CONTENT
"#include \"daemon/http/dashboard.h\"

namespace bfq::http {
const Dashboard kDashboard{};
}
")
endif()
set_source_files_properties(${dashboard} PROPERTIES SKIP_LINTING ON)
