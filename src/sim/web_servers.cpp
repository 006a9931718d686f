#include "sim/web_servers.h"

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "sim/internet.h"

namespace bfq::sim {
namespace {
constexpr std::uint16_t kFine = 200, kNotFound = 404;
constexpr const char* kMethods[] = {"?", "HEAD", "GET", "POST", "PUT", "DELETE"};

bool has_body(web::Method method) {
  return method == web::Method::post || method == web::Method::put;
}
}  // namespace

void WebServers::take(const web::Request& request, Internet& internet, Instant now) {
  const bool ends_the_last = !std::holds_alternative<web::Store>(request) &&
                             !std::holds_alternative<web::Continue>(request);
  if (ends_the_last) internet.forget_web();
  std::visit(overloaded{
                 [&](const web::Store& k) { keep(k); },
                 [&](const web::Fetch& f) { fetch(f, internet, now); },
                 [&](const web::Recall& r) { read(r, internet, now); },
                 [&](const web::Continue& c) { go_on(c, internet, now); },
                 [&](const web::Cancel&) { answer_.reset(); },
                 [&](const web::Update& u) { update(u, internet, now); },
             },
             request);
}

void WebServers::keep(const web::Store& piece) {
  std::string& text = kept_.at(static_cast<std::size_t>(piece.slot));
  if (piece.is_new) text.clear();
  text += piece.text.view();
}

void WebServers::fetch(const web::Fetch& asked, Internet& internet, Instant now) {
  answer_.reset();
  const auto slot = asked.uses_configured_url ? web::Kept::configured_url : web::Kept::url;
  const std::string text = kept_.at(static_cast<std::size_t>(slot));
  const auto url = parse_url(text);
  if (!url) {
    internet.later(now, web::FetchFailed{asked.ticket});
  } else {
    const auto way =
        internet.reach({.link = {},
                        .transport = url->is_secure ? net::Transport::tls : net::Transport::tcp,
                        .remote = {{}, url->port},
                        .name = url->host,
                        .shows_certificate = asked.shows_certificate,
                        .verifies = asked.verifies},
                       asked.servers, now);
    if (way.to)
      answer(asked, *url, *way.to, internet, *way.at + internet.answer_takes);
    else if (way.at)
      internet.later(*way.at, web::FetchFailed{asked.ticket});
  }
  for (const web::Kept used : {web::Kept::url, web::Kept::body, web::Kept::headers})
    kept_.at(static_cast<std::size_t>(used)).clear();
}

void WebServers::answer(const web::Fetch& asked, const Url& url, net::Endpoint at,
                        Internet& internet, Instant when) {
  const std::string& form = kept_.at(static_cast<std::size_t>(web::Kept::body));
  std::string target(url.path.starts_with('/') ? url.path : "/" + std::string(url.path));
  const std::string path = target.substr(0, target.find('?'));
  if (!form.empty() && !has_body(asked.method))
    target += (path.size() < target.size() ? '&' : '?') + form;
  asked_ += std::string(kMethods[static_cast<std::size_t>(asked.method)]) + ' ' + target;
  if (has_body(asked.method)) asked_ += ' ' + form;
  asked_ += kept_.at(static_cast<std::size_t>(web::Kept::headers)) + '\n';
  const WebPage missing{.at = at, .path = path, .status = kNotFound};
  const WebPage* const found = find(at, path);
  const WebPage& page = found == nullptr ? missing : *found;
  answer_ = Answer{.ticket = asked.ticket};
  const auto size = static_cast<std::uint32_t>(page.body.size());
  if (asked.method == web::Method::head) {
    answer_->is_lines = true;
    answer_->pieces = {"Content-Type: text/plain", "Content-Length: " + std::to_string(size)};
  } else {
    answer_->pieces = {page.body};
    answer_->until_break = page.breaks_after.value_or(SIZE_MAX);
  }
  internet.later(when, web::Answered{asked.ticket, page.status,
                                     page.tells_length ? std::optional(size) : std::nullopt});
}

void WebServers::read(const web::Recall& asked, Internet& internet, Instant now) {
  const std::string& text = kept_.at(static_cast<std::size_t>(asked.slot));
  answer_ = Answer{.ticket = asked.ticket, .pieces = {text}};
  internet.later(now, web::Answered{asked.ticket, kFine, static_cast<std::uint32_t>(text.size())});
}

void WebServers::go_on(const web::Continue& asked, Internet& internet, Instant now) {
  if (!answer_ || answer_->ticket != asked.ticket || internet.stalled) return;
  if (answer_->until_break == 0) {
    answer_.reset();
    return internet.later(now, web::FetchFailed{asked.ticket});
  }
  auto& pieces = answer_->pieces;
  if (!pieces.empty() && pieces.front().empty()) pieces.erase(pieces.begin());
  if (pieces.empty()) {
    answer_.reset();
    return internet.later(now, web::Ended{asked.ticket});
  }
  std::string& next = pieces.front();
  const std::size_t n = std::min({next.size(), std::size_t{asked.room}, web::Piece::kMost,
                                  internet.most_at_once, answer_->until_break});
  internet.later(
      now, web::Piece{asked.ticket, Text<web::Piece::kMost>(std::string_view(next).substr(0, n))});
  if (answer_->until_break != SIZE_MAX) answer_->until_break -= n;
  next.erase(0, answer_->is_lines ? next.size() : n);
}

/// The version and the image are pages of the world's server.
void WebServers::update(const web::Update& asked, Internet& internet, Instant now) const {
  using Step = web::Progress::Step;
  internet.later(now, web::Progress{asked.ticket, Step::server_found});
  if (!update_server) return internet.later(now, web::FetchFailed{asked.ticket});
  const auto way = internet.reach({.remote = *update_server, .name = {}}, asked.servers, now);
  if (!way.at) return;
  if (!way.to) return internet.later(*way.at, web::FetchFailed{asked.ticket});
  Instant at = *way.at;
  internet.later(at, web::Progress{asked.ticket, Step::connected});
  for (const auto& [path, step] :
       {std::pair("/version", Step::version_got), std::pair("/image", Step::image_got)}) {
    at += internet.answer_takes;
    const WebPage* const page = find(*way.to, path);
    if (page == nullptr || page->status != kFine || page->breaks_after)
      return internet.later(at, web::FetchFailed{asked.ticket});
    internet.later(at, web::Progress{asked.ticket, step});
  }
}

const WebPage* WebServers::find(net::Endpoint at, std::string_view path) const {
  const auto found = std::find_if(pages.begin(), pages.end(),
                                  [&](const WebPage& p) { return p.at == at && p.path == path; });
  return found == pages.end() ? nullptr : &*found;
}
}  // namespace bfq::sim
