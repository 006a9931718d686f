#include "commands/http.h"

#include <algorithm>
#include <array>
#include <optional>

#include "module/chip.h"

namespace bfq::commands {
namespace {
using Method = web::Method;

constexpr std::uint32_t kUsualTimeout = 5000;  // milliseconds

/// A line of the head: a name, a colon, and no control character.
bool is_header(std::string_view line) {
  const auto is_printable = [](char c) {
    return static_cast<unsigned char>(c) >= ' ' && c != 0x7f;
  };
  return line.find(':') != std::string_view::npos && line.find(':') > 0 &&
         std::all_of(line.begin(), line.end(), is_printable);
}

std::string_view text_of(const std::optional<LineText>& text) {
  return text ? text->view() : std::string_view();
}

/// Hands those that are not empty over; false where one is none.
bool hand_over_headers(Chip& chip, const std::array<std::string_view, 3>& lines) {
  const auto is_wrong = [](std::string_view line) { return !line.empty() && !is_header(line); };
  if (std::any_of(lines.begin(), lines.end(), is_wrong)) return false;
  WebClient::store(chip, web::Kept::headers, {});
  for (const std::string_view line : lines)
    if (!line.empty()) WebClient::add_line(chip, web::Kept::headers, line);
  return true;
}
}  // namespace

bool asks_for_head(const Chip&, Fields fields) { return is_number(fields, 0, 1); }

bool sends_a_body(const Chip&, Fields fields) {
  return is_number(fields, 0, 3) || is_number(fields, 0, 4);
}

Answer http_request(Chip& chip, const HttpRequestArgs& args) {
  const auto method = static_cast<Method>(args.method);
  const std::string_view scheme = args.transport == 2 ? "https://" : "http://";
  const std::string_view url = text_of(args.url), path = text_of(args.path);
  if (!hand_over_headers(chip, {text_of(args.first), text_of(args.second), text_of(args.third)}))
    return Answer::error;
  web::Fetch what{.method = method, .content = static_cast<web::Content>(args.content)};
  if (!url.empty()) {
    WebClient::store(chip, web::Kept::url, {url});
  } else if (args.host) {
    const std::string_view slash = path.starts_with('/') ? "" : "/";
    WebClient::store(chip, web::Kept::url, {scheme, args.host->view(), slash, path});
  } else if (chip.web_client().url_size() > 0) {
    what.uses_configured_url = true;
  } else {
    return Answer::error;
  }
  WebClient::store(chip, web::Kept::body, {text_of(args.data)});
  const Fetching job{.shows = Fetching::Shows::pieces,
                     .is_head = method == Method::head,
                     .patience_ms = kUsualTimeout};
  return WebClient::fetch(chip, what, job);
}

Answer http_size(Chip& chip, const HttpGetArgs& args) {
  WebClient::store(chip, web::Kept::url, {args.url.view()});
  const Fetching job{.shows = Fetching::Shows::size, .patience_ms = kUsualTimeout};
  return WebClient::fetch(chip, {.method = Method::head}, job);
}

Answer http_get(Chip& chip, const HttpGetArgs& args) {
  WebClient::store(chip, web::Kept::url, {args.url.view()});
  const std::uint32_t timeout = args.timeout_ms.value_or(0);
  const std::uint16_t size = args.receive_size.value_or(0);
  Fetching job{.shows = Fetching::Shows::pieces,
               .patience_ms = timeout == 0 ? kUsualTimeout : timeout};
  if (size > 0) job.most = std::min(size, job.most);
  return WebClient::fetch(chip, {}, job);
}

Answer http_post(Chip& chip, const HttpPostArgs& args) {
  if (!hand_over_headers(chip, {args.first.view(), args.second.view(), args.third.view()}))
    return Answer::error;
  WebClient::store(chip, web::Kept::url, {args.url.view()});
  chip.start(TypingText{.then = TypingText::Then::post,
                        .slot = static_cast<std::uint8_t>(web::Kept::body),
                        .left = args.size});
  return Answer::prompt;
}

bool clears_url(const Chip&, Fields fields) { return is_number(fields, 0, 0); }

Answer show_http_url(Chip& chip) { return chip.web_client().show_url(chip); }

Answer set_http_url(Chip& chip, const HttpUrlArgs& args) {
  chip.start(TypingText{.then = TypingText::Then::url,
                        .slot = static_cast<std::uint8_t>(web::Kept::configured_url),
                        .size = args.size,
                        .left = args.size});
  return Answer::prompt;
}

Answer clear_http_url(Chip& chip, const HttpUrlArgs&) {
  WebClient::store(chip, web::Kept::configured_url, {});
  chip.web_client().set_url_size(0);
  return Answer::ok;
}
}  // namespace bfq::commands
