#pragma once
#include <cstdint>
#include <optional>

#include "at/command.h"
#include "commands/services.h"
#include "module/web_client.h"

/// HTTP as esp-at-2 has it: the chapter HTTP of the documents of ESP-AT 2.4.
namespace bfq::commands {
using namespace at;  // NOLINT(google-build-using-namespace): rows read as sentences

/// The longest text of a line.
using LongText = Text<limits::kLine>;

/// Arguments of AT+HTTPCLIENT.
struct HttpRequestArgs {
  std::uint8_t method = 0;
  std::uint8_t content = 0;
  std::optional<LongText> url{}, host{}, path{};
  std::uint8_t transport = 0;
  std::optional<LongText> data{};
  std::optional<LongText> header{}, second{}, third{};
};
Answer http_request(Chip&, const HttpRequestArgs&);

inline constexpr Param kHttpRequestParams[] = {
    param<&HttpRequestArgs::method>("opt", between(1, 5),
                                    "1: HEAD; 2: GET; 3: POST; 4: PUT; 5: DELETE"),
    param<&HttpRequestArgs::content>(
        "content-type", between(0, 3),
        "0: application/x-www-form-urlencoded; 1: application/json; 2: multipart/form-data; 3: "
        "text/xml"),
    param<&HttpRequestArgs::url>("url", length(0, 256), "what is asked for").or_empty(),
    param<&HttpRequestArgs::host>("host", length(0, 64), "or the server, where there is no URL")
        .or_empty(),
    param<&HttpRequestArgs::path>("path", length(0, 256), "and the path on it").or_empty(),
    param<&HttpRequestArgs::transport>("transport_type", between(1, 2), "1: HTTP; 2: HTTPS"),
    param<&HttpRequestArgs::data>("data", length(0, 256), "the body of a POST or PUT").or_empty(),
    param<&HttpRequestArgs::header>("http_req_header", length(1, 256), "a line of the head"),
    param<&HttpRequestArgs::second>("http_req_header 2", length(1, 256), "one more"),
    param<&HttpRequestArgs::third>("http_req_header 3", length(1, 256), "and one more"),
};
inline constexpr Fact kHttpRequestFacts[] = {
    {Origin::observed, "E3", "Each piece of the body, of 512 bytes at most, behind its length."},
    {Origin::ours, "personalities 2.7",
     "Without URL and host, the URL of AT+HTTPURLCFG. A URL says itself whether it is HTTPS."},
    {Origin::ours, "personalities 2.7",
     "HEAD shows each line of the head, behind a space that is not counted."},
    {Origin::ours, "personalities 2.7", "A status from 400 on is ERROR, behind what has come."},
    {Origin::ours, "personalities 2.7", "Data of a method that carries none: ERROR."},
};
bool asks_for_head(const Chip&, Fields);
inline constexpr Shape kHttpRequestShapes[] = {
    shape<&http_request>(kHttpRequestParams)
        .when(asks_for_head, "HEAD")
        .answering("{}:<length>, <data> *")
        .ending("{ok} | {error}"),
    shape<&http_request>(kHttpRequestParams)
        .answering("{}:<length>,<data> *")
        .ending("{ok} | {error}"),
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
  LongText url{};
  std::optional<std::uint16_t> send_size{}, receive_size{};
  std::optional<std::uint32_t> timeout_ms{};
};
Answer http_size(Chip&, const HttpGetArgs&);
Answer http_get(Chip&, const HttpGetArgs&);

inline constexpr Param kHttpUrlParam =
    param<&HttpGetArgs::url>("url", length(1, 256), "what is asked for, by http or https");
inline constexpr Param kHttpSizeParams[] = {kHttpUrlParam};
inline constexpr Param kHttpGetParams[] = {
    kHttpUrlParam,
    param<&HttpGetArgs::send_size>("tx size", between(0, 10240), "not looked at"),
    param<&HttpGetArgs::receive_size>("rx size", between(0, 10240),
                                      "bytes of a piece at most; 2048 when left out"),
    param<&HttpGetArgs::timeout_ms>("timeout", between(0, 180'000),
                                    "milliseconds without an answer; 5000 when left out"),
};
inline constexpr Fact kHttpSizeFacts[] = {
    {Origin::ours, "personalities 2.7",
     "The server is asked by HEAD; one that does not say the size is an ERROR."},
};
inline constexpr Command kHttpSize{
    .name = "+HTTPGETSIZE",
    .summary = "Ask for the size of something at an HTTP server",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode",
    .set = set<&http_size>(kHttpSizeParams).answering("{}:<length>").ending("{ok} | {error}"),
    .facts = kHttpSizeFacts,
};
inline constexpr Fact kHttpGetFacts[] = {
    {Origin::ours, "personalities 2.7",
     "Pieces have 512 bytes at most, whatever the size that is set; a timeout of 0 is the usual "
     "one."},
    {Origin::ours, "personalities 2.7", "A status from 400 on is ERROR, behind what has come."},
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
  LongText url{};
  std::uint16_t size = 0;
  std::optional<std::uint8_t> headers{};
  std::optional<LongText> first{}, second{}, third{};
};
Answer http_post(Chip&, const HttpPostArgs&);

inline constexpr Param kHttpPostParams[] = {
    param<&HttpPostArgs::url>("url", length(1, 256), "where it goes, by http or https"),
    param<&HttpPostArgs::size>("size", between(1, 65535), "how many bytes are typed"),
    param<&HttpPostArgs::headers>("http_req_header_cnt", between(0, 3), "how many lines follow"),
    param<&HttpPostArgs::first>("http_req_header", length(1, 256), "a line of the head"),
    param<&HttpPostArgs::second>("http_req_header 2", length(1, 256), "one more"),
    param<&HttpPostArgs::third>("http_req_header 3", length(1, 256), "and one more"),
};
inline constexpr Fact kHttpPostFacts[] = {
    {Origin::observed, "esp-at#846", "Pieces of 512 bytes at most, then SEND OK."},
    {Origin::ours, "personalities 2.7", "SEND FAIL where no answer comes; +++ is payload."},
};
inline constexpr Command kHttpPost{
    .name = "+HTTPCPOST",
    .summary = "Post what is typed to an HTTP server",
    .allowed = is_on_a_network,
    .needs = "an address, in station mode",
    .set = set<&http_post>(kHttpPostParams)
               .answering("{}:<length>,<data> *")
               .ending("{prompt}; {send_ok} | {send_fail} | {error}"),
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
    {Origin::ours, "personalities 2.7",
     "For requests without a URL. Where none is set, the query is OK alone."},
};
inline constexpr Command kHttpUrl{
    .name = "+HTTPURLCFG",
    .summary = "Set a long URL for AT+HTTPCLIENT",
    .query = {show_http_url, "[{}:<length>,<data>]"},
    .set = set(kHttpUrlShapes),
    .facts = kHttpUrlFacts,
};
}  // namespace bfq::commands
