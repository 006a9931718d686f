#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "at/command.h"
#include "commands/counted.h"
#include "commands/services.h"
#include "module/web_client.h"

/// HTTP as esp-at-2 has it: the chapter HTTP of the documents of ESP-AT 2.4.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

/// Arguments of AT+HTTPCLIENT.
struct HttpRequestArgs {
  std::uint8_t method = 0;
  std::uint8_t content = 0;
  std::optional<LineText> url{};
  std::optional<net::HostName> host{};
  std::optional<LineText> path{};
  std::uint8_t transport = 0;
  std::optional<LineText> data{};
  std::optional<LineText> first{}, second{}, third{};  ///< lines of the head
};
Answer http_request(Chip&, const HttpRequestArgs&);
bool asks_for_head(const Chip&, Fields);
bool sends_a_body(const Chip&, Fields);

consteval std::array<Param, 10> http_request_params(Range methods, Range data) {
  return {
      param<&HttpRequestArgs::method>("opt", methods,
                                      "1: HEAD; 2: GET; 3: POST; 4: PUT; 5: DELETE"),
      param<&HttpRequestArgs::content>(
          "content-type", between(0, 3),
          "0: application/x-www-form-urlencoded; 1: application/json; 2: multipart/form-data; 3: "
          "text/xml"),
      param<&HttpRequestArgs::url>("url", length(0, 256), "what is asked for").or_empty(),
      param<&HttpRequestArgs::host>("host", length(1, 64), "or the server, where there is no URL")
          .or_empty(),
      param<&HttpRequestArgs::path>("path", length(0, 256), "and the path on it").or_empty(),
      param<&HttpRequestArgs::transport>("transport_type", between(1, 2), "1: HTTP; 2: HTTPS"),
      param<&HttpRequestArgs::data>("data", data, "the body of a POST or PUT").or_empty(),
      param<&HttpRequestArgs::first>("http_req_header", length(2, 256), "a line of the head"),
      param<&HttpRequestArgs::second>("http_req_header 2", length(2, 256), "one more"),
      param<&HttpRequestArgs::third>("http_req_header 3", length(2, 256), "and one more"),
  };
}
inline constexpr auto kHttpHeadParams = http_request_params(between(1, 1), length(0, 0));
inline constexpr auto kHttpBodyParams = http_request_params(between(3, 4), length(0, 256));
inline constexpr auto kHttpPlainParams = http_request_params(between(2, 5), length(0, 0));
inline constexpr Shape kHttpRequestShapes[] = {
    shape<&http_request>(kHttpHeadParams)
        .when(asks_for_head, "HEAD")
        .answering("{}:<length>, <data> *")
        .ending("{ok} | {error}"),
    shape<&http_request>(kHttpBodyParams)
        .when(sends_a_body, "POST and PUT")
        .answering("{}:<length>,<data> *")
        .ending("{ok} | {error}"),
    shape<&http_request>(kHttpPlainParams)
        .answering("{}:<length>,<data> *")
        .ending("{ok} | {error}"),
};
inline constexpr Fact kHttpRequestFacts[] = {
    {Origin::observed, "E3", "Each piece of the body, of 512 bytes at most, behind its length."},
    {Origin::ours, "personalities 2.7.1",
     "Without URL and host, the URL of AT+HTTPURLCFG. A URL says itself whether it is HTTPS."},
    {Origin::ours, "personalities 2.7.2",
     "HEAD shows each line of the head, behind a space that is not counted."},
    {Origin::ours, "personalities 2.7.3", "A status from 400 on is ERROR, behind what has come."},
    {Origin::ours, "personalities 2.7.4", "Data of a method that carries none: ERROR."},
    {Origin::ours, "personalities 2.7.5",
     "A line of the head is a name, a colon, and printable text."},
};
inline constexpr Command kHttpRequest{
    .name = "+HTTPCLIENT",
    .summary = "Make an HTTP request",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode",
    .set = set(kHttpRequestShapes),
    .facts = kHttpRequestFacts,
};

/// Arguments of AT+HTTPGETSIZE and AT+HTTPCGET.
struct HttpGetArgs {
  LineText url{};
  std::optional<std::uint16_t> send_size{}, receive_size{};
  std::optional<std::uint32_t> timeout_ms{};
};
Answer http_size(Chip&, const HttpGetArgs&);
Answer http_get(Chip&, const HttpGetArgs&);

inline constexpr Param kHttpUrlParam =
    param<&HttpGetArgs::url>("url", length(8, 256), "what is asked for, by http or https");
inline constexpr Param kHttpSizeParams[] = {kHttpUrlParam};
inline constexpr Param kHttpGetParams[] = {
    kHttpUrlParam,
    param<&HttpGetArgs::send_size>("tx size", between(0, 10240), "not looked at"),
    param<&HttpGetArgs::receive_size>("rx size", between(0, 10240),
                                      "bytes of a piece at most; 0: the usual size"),
    param<&HttpGetArgs::timeout_ms>("timeout", between(0, 180'000),
                                    "milliseconds without an answer; 0 or left out: 5000"),
};
inline constexpr Fact kHttpSizeFacts[] = {
    {Origin::ours, "personalities 2.7.6",
     "The server is asked by HEAD; one that does not say the size is an ERROR."},
};
inline constexpr Command kHttpSize{
    .name = "+HTTPGETSIZE",
    .summary = "Ask for the size of something at an HTTP server",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode",
    .set = set<&http_size>(kHttpSizeParams).answering("{}:<length> ?").ending("{ok} | {error}"),
    .facts = kHttpSizeFacts,
};
inline constexpr Fact kHttpGetFacts[] = {
    {Origin::ours, "personalities 2.7.7",
     "Pieces have 512 bytes at most, also where a larger size is set."},
    {Origin::ours, "personalities 2.7.3", "A status from 400 on is ERROR, behind what has come."},
};
inline constexpr Command kHttpGet{
    .name = "+HTTPCGET",
    .summary = "Get something from an HTTP server",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode",
    .set =
        set<&http_get>(kHttpGetParams).answering("{}:<length>,<data> *").ending("{ok} | {error}"),
    .facts = kHttpGetFacts,
};

/// Arguments of AT+HTTPCPOST.
struct HttpPostArgs {
  LineText url{};
  std::uint16_t size = 0;
  std::optional<std::uint8_t> headers{};
  LineText first{}, second{}, third{};  ///< lines of the head; empty: none
};
Answer http_post(Chip&, const HttpPostArgs&);

inline constexpr Param kHttpPostUrl =
    param<&HttpPostArgs::url>("url", length(8, 256), "where it goes, by http or https");
inline constexpr Param kHttpPostSize =
    param<&HttpPostArgs::size>("size", between(1, 65535), "how many bytes are typed");
inline constexpr std::array kHttpPostHeaders{
    param<&HttpPostArgs::first>("http_req_header", length(2, 256), "a line of the head"),
    param<&HttpPostArgs::second>("http_req_header 2", length(2, 256), "one more"),
    param<&HttpPostArgs::third>("http_req_header 3", length(2, 256), "and one more"),
};
consteval Param http_post_count(std::int32_t count) {
  return param<&HttpPostArgs::headers>("http_req_header_cnt", between(count, count),
                                       "how many lines of the head follow");
}
inline constexpr Param kHttpPostAlone[] = {kHttpPostUrl, kHttpPostSize, http_post_count(0)};
template <std::int32_t kCount>
inline constexpr auto kHttpPostWithHeaders = counted<kCount>(
    std::array{kHttpPostUrl, kHttpPostSize, http_post_count(kCount).required()}, kHttpPostHeaders);
template <std::int32_t kCount>
bool names_headers(const Chip&, Fields fields) {
  return is_number(fields, 2, kCount);
}
consteval Shape http_post_shape(std::span<const Param> params) {
  return shape<&http_post>(params).ending(
      "{prompt}; {}:<length>,<data> *; {send_ok} | {send_fail} | {error}");
}
inline constexpr Shape kHttpPostShapes[] = {
    http_post_shape(kHttpPostWithHeaders<1>).when(names_headers<1>, "with one line of the head"),
    http_post_shape(kHttpPostWithHeaders<2>).when(names_headers<2>, "with two lines of the head"),
    http_post_shape(kHttpPostWithHeaders<3>).when(names_headers<3>, "with three lines of the head"),
    http_post_shape(kHttpPostAlone),
};
inline constexpr Fact kHttpPostFacts[] = {
    {Origin::ours, "personalities 2.7.8", "Pieces of 512 bytes at most, then SEND OK."},
    {Origin::ours, "personalities 2.7.9",
     "SEND FAIL where no answer comes, ERROR for a status from 400 on; +++ is payload."},
};
inline constexpr Command kHttpPost{
    .name = "+HTTPCPOST",
    .summary = "Post what is typed to an HTTP server",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode",
    .set = set(kHttpPostShapes),
    .facts = kHttpPostFacts,
};

/// Arguments of AT+HTTPURLCFG.
struct HttpUrlArgs {
  std::uint16_t size = 0;
};
bool clears_url(const Chip&, Fields);
Answer show_http_url(Chip&);
Answer set_http_url(Chip&, const HttpUrlArgs&);
Answer clear_http_url(Chip&, const HttpUrlArgs&);

inline constexpr Param kHttpUrlClearParams[] = {
    param<&HttpUrlArgs::size>("url length", between(0, 0), "0: forgets it"),
};
inline constexpr Param kHttpUrlParams[] = {
    param<&HttpUrlArgs::size>("url length", between(8, 8192), "how many bytes are typed"),
};
inline constexpr Shape kHttpUrlShapes[] = {
    shape<&clear_http_url>(kHttpUrlClearParams).when(clears_url, "to forget it"),
    shape<&set_http_url>(kHttpUrlParams).ending("{prompt}; {set_ok}"),
};
inline constexpr Fact kHttpUrlFacts[] = {
    {Origin::ours, "personalities 2.7.10",
     "For requests without a URL. Where none is set, the query is OK alone."},
};
inline constexpr Command kHttpUrl{
    .name = "+HTTPURLCFG",
    .summary = "Set a long URL for AT+HTTPCLIENT",
    .query = {show_http_url, "{}:<length>,<data> ?"},
    .set = set(kHttpUrlShapes),
    .facts = kHttpUrlFacts,
};
}  // namespace bfq::commands
