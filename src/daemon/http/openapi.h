#pragma once
#include <boost/json/object.hpp>

namespace bfq::http {
/// The OpenAPI 3.1 description of all that there is over HTTP: every command, page and event.
boost::json::object openapi();
}  // namespace bfq::http
