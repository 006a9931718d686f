// The one source that compiles Beast and Boost.URL themselves: see CMakeLists.txt.
#include <boost/beast/src.hpp>
#include <boost/url/src.hpp>
