#include "base/url.h"

#include <gtest/gtest.h>

#include <string>

namespace bfq {
namespace {
struct UrlCase {
  std::string_view url;
  std::string_view parts;  ///< scheme, host, port, path; empty: none
};
constexpr UrlCase kUrlCases[] = {
    {"http://a.test", "http a.test 80 "},
    {"http://a.test/", "http a.test 80 /"},
    {"HTTPS://A.test/x/y?z=1", "https A.test 443 /x/y?z=1"},
    {"https://10.44.1.1:8443/x", "https 10.44.1.1 8443 /x"},
    {"http://a.test?q=/:#f/g", "http a.test 80 ?q=/:"},
    {"http://a.test:1#", "http a.test 1 "},
    {"http://a.test:65535/\xc3\xa4", "http a.test 65535 /\xc3\xa4"},
    {"http://a.test:0/", ""},
    {"http://a.test:65536/", ""},
    {"http://a.test:/", ""},
    {"http://a.test:8o/", ""},
    {"http://a.test:000080/", ""},
    {"http://", ""},
    {"http:///x", ""},
    {"http://u@a.test/", ""},
    {"http://[::1]/", ""},
    {"http://a..test/", ""},
    {"http:/a.test", ""},
    {"ftp://a.test/", ""},
    {"a.test/", ""},
    {"", ""},
    {"http://a.test/ x", ""},
    {"http://a.test/\r\nX: y", ""},
    {"http://a.test/\x7f", ""},
};

TEST(Urls, AreTakenApart) {
  for (const auto& [text, parts] : kUrlCases) {
    const auto url = parse_url(text);
    std::string found;
    if (url)
      found = std::string(url->is_secure ? "https " : "http ") + std::string(url->host.view()) +
              " " + std::to_string(url->port) + " " + std::string(url->path);
    EXPECT_EQ(found, parts) << text;
  }
}
}  // namespace
}  // namespace bfq
