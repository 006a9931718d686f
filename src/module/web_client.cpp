#include "module/web_client.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "module/chip.h"

namespace bfq {
namespace {
// Ours: how long a server may take for its answer, and for the next piece of it.
constexpr Duration kServerGivesUp = 10s;
// Ours: how long one step of an update may take.
constexpr Duration kStepGivesUp = 20s;
constexpr std::uint16_t kHttps = 443;
constexpr unsigned kFirstError = 400;  // RFC 9110, 15: statuses from here on are errors

/// Collects a text for the client and hands it over in pieces. One input may give rise to
/// limits::kRequestsOfOneInput of them.
class Handover {
 public:
  Handover(Chip& chip, web::Kept slot, bool is_new) : chip_(chip), slot_(slot), is_new_(is_new) {}
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;
  ~Handover() {
    if (size_ > 0 || is_new_) flush();
  }

  void add(char c) {
    if (size_ == chars_.size()) flush();
    chars_[size_++] = c;
  }
  void add(std::string_view text) {
    for (const char c : text) add(c);
  }
  void number(unsigned n) {
    if (n > 9) number(n / 10);
    add(static_cast<char>('0' + n % 10));
  }

 private:
  void flush() {
    chip_.request(web::Store{slot_, is_new_, Text<web::Store::kMost>({chars_.data(), size_})});
    is_new_ = false;
    size_ = 0;
  }

  Chip& chip_;
  web::Kept slot_;
  bool is_new_;
  std::array<char, web::Store::kMost> chars_{};
  std::size_t size_ = 0;
};

char digit(unsigned value) { return "0123456789ABCDEF"[value % 16]; }

/// As application/x-www-form-urlencoded has it.
template <class Out>
void encode(Out& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                          (byte >= 'a' && byte <= 'z') || c == '-' || c == '.' || c == '_' ||
                          c == '*';
    if (is_plain) {
      out.add(c);
    } else {
      out.add('%');
      out.add(digit(byte / 16U));
      out.add(digit(byte));
    }
  }
}

/// What ERR CODE says of a transfer: 0x7000 and the status.
enum class TransferFailure : std::uint16_t {};
at::Answer failed(Chip& chip, unsigned status) {
  return chip.refuse(static_cast<TransferFailure>(0x7000U + status));
}

struct Count {
  std::size_t size = 0;
  void add(char) { ++size; }
};

void print_status(Chip& chip, unsigned status) {
  // Fidelity (our decision, dialect 4.4.4): 0x7000 and the status, in four hexadecimal digits.
  const unsigned code = 0x7000U + status;
  const std::array<char, 4> digits{digit(code >> 12U), digit(code >> 8U), digit(code >> 4U),
                                   digit(code)};
  chip.reply().text(at::Word::web_error).line(std::string_view(digits.data(), digits.size()));
}

Deadline after(const Chip& chip, const Fetching& job) {
  return chip.now() + std::chrono::milliseconds(job.patience_ms);
}
}  // namespace

// Requests ----------------------------------------------------------------------------------------

at::Answer WebClient::add_field(Chip& chip, std::string_view name, std::string_view value) {
  Count count;
  encode(count, name);
  encode(count, value);
  const bool is_first = form_size_ == 0;
  const std::size_t size = form_size_ + count.size + (is_first ? 1 : 2);
  if (size > kForm) return at::Answer::error;
  Handover out(chip, web::Kept::body, is_first);
  if (!is_first) out.add('&');
  encode(out, name);
  out.add('=');
  encode(out, value);
  form_size_ = static_cast<std::uint16_t>(size);
  return at::Answer::ok;
}

at::Answer WebClient::transfer(Chip& chip) {
  if (host_.empty()) return at::Answer::error;
  {
    Handover url(chip, web::Kept::url, true);
    // Fidelity (our decision, dialect 4.4.1): Port 443 is HTTPS, with AT+CIPSSLCCONF as for a link.
    url.add(port_ == kHttps ? "https://" : "http://");
    url.add(host_.view());
    url.add(':');
    url.number(port_);
    if (!path_.view().starts_with('/') && !path_.view().starts_with('?')) url.add('/');
    url.add(path_.view());
  }
  if (form_size_ == 0) Handover(chip, web::Kept::body, true);
  form_size_ = 0;
  constexpr auto kPatience = std::chrono::duration_cast<std::chrono::milliseconds>(kServerGivesUp);
  return fetch(chip, {.method = posts_ ? web::Method::post : web::Method::get},
               {.shows = Fetching::Shows::text, .patience_ms = std::uint32_t{kPatience.count()}});
}

at::Answer WebClient::fetch(Chip& chip, web::Fetch what, Fetching job) {
  const std::uint8_t tls = chip.settings().tls;
  what.ticket = job.ticket = chip.new_ticket();
  what.shows_certificate = (tls & kShowsCertificate) != 0;
  what.verifies = (tls & kVerifies) != 0;
  what.servers = Links::name_servers(chip);
  job.give_up = after(chip, job);
  chip.request(what);
  chip.start(job);
  return at::Answer::later;
}

void WebClient::store(Chip& chip, web::Kept slot, std::initializer_list<std::string_view> texts) {
  Handover out(chip, slot, true);
  for (const std::string_view text : texts) out.add(text);
}

void WebClient::add_line(Chip& chip, web::Kept slot, std::string_view line) {
  Handover out(chip, slot, false);
  out.add(line);
  out.add('\r');
  out.add('\n');
}

void WebClient::post(Chip& chip) {
  constexpr std::uint32_t kPostPatience = 5000;
  fetch(chip, {.method = web::Method::post},
        {.shows = Fetching::Shows::pieces, .is_post = true, .patience_ms = kPostPatience});
}

/// The client has it, so its answer is sure to come at once; what is printed of it is one line.
at::Answer WebClient::show_url(Chip& chip) const {
  constexpr std::uint16_t kOk = 200;
  if (url_size_ == 0) return at::Answer::ok;
  Fetching job{.shows = Fetching::Shows::text,
               .ticket = chip.new_ticket(),
               .status = kOk,
               .patience_ms = 1000};
  job.give_up = after(chip, job);
  chip.info().number(url_size_).comma();
  chip.request(web::Recall{job.ticket, web::Kept::configured_url});
  chip.start(job);
  return at::Answer::later;
}

at::Answer WebClient::upgrade(Chip& chip) {
  const Upgrading job{.ticket = chip.new_ticket(), .give_up = chip.now() + kStepGivesUp};
  chip.request(web::Update{job.ticket, Links::name_servers(chip)});
  chip.start(job);
  return at::Answer::later;
}

// Answers -----------------------------------------------------------------------------------------

/// The job that this ticket answers, or nullptr.
Fetching* WebClient::waiting(Chip& chip, Ticket ticket) {
  auto* const job = chip.job<Fetching>();
  return job != nullptr && job->ticket == ticket ? job : nullptr;
}

void WebClient::go_on(Chip& chip) {
  auto* const job = chip.job<Fetching>();
  if (job == nullptr || job->step != Fetching::Step::ready || !chip.has_room_for_a_piece()) return;
  job->step = Fetching::Step::asking;
  job->give_up = after(chip, *job);
  chip.request(web::Continue{job->ticket, job->most});
}

void WebClient::on(Chip& chip, const web::Answered& event) {
  auto* const job = waiting(chip, event.ticket);
  if (job == nullptr || job->step != Fetching::Step::waiting) return;
  job->status = event.status;
  job->step = Fetching::Step::ready;
  job->give_up = Deadline::never();  // the host may take as long as it likes to read
  const bool is_error = event.status >= kFirstError;
  if (job->shows == Fetching::Shows::pieces || (job->shows == Fetching::Shows::text && !is_error))
    return;
  chip.request(web::Cancel{event.ticket});
  if (job->shows == Fetching::Shows::text) {
    print_status(chip, event.status);
  } else if (!is_error && event.length) {
    chip.info().number(*event.length).end();
    return chip.finish(at::Answer::ok);
  }
  chip.finish(failed(chip, event.status));
}

void WebClient::on(Chip& chip, const web::Piece& event) {
  auto* const job = waiting(chip, event.ticket);
  if (job == nullptr || job->step != Fetching::Step::asking) return;
  const std::string_view bytes = event.bytes.view();
  if (job->shows == Fetching::Shows::pieces) {
    chip.info().number(static_cast<std::int64_t>(bytes.size())).text(job->is_head ? ", " : ",");
    chip.reply().text(bytes).end();
  } else {
    chip.reply().text(bytes);
  }
  job->step = Fetching::Step::ready;
  job->give_up = Deadline::never();
}

void WebClient::on(Chip& chip, const web::Ended& event) {
  const auto* const job = waiting(chip, event.ticket);
  if (job == nullptr) return;
  if (job->is_text()) chip.reply().end();
  const bool is_error = job->status >= kFirstError;
  if (job->is_post && !is_error) return chip.finish_send(at::Word::send_ok);
  chip.finish(is_error ? failed(chip, job->status) : at::Answer::ok);
}

void WebClient::on(Chip& chip, const web::FetchFailed& event) {
  if (const auto* const job = waiting(chip, event.ticket)) return refuse(chip, *job);
  const auto* const upgrading = chip.job<Upgrading>();
  if (upgrading != nullptr && upgrading->ticket == event.ticket) chip.finish(at::Answer::error);
}

/// What was printed of an answer that breaks off stays, in a line of its own.
void WebClient::refuse(Chip& chip, const Fetching& job) {
  if (job.is_text())
    chip.reply().end();
  else if (job.shows == Fetching::Shows::text)
    print_status(chip, 0);
  if (job.is_post) return chip.finish_send(at::Word::send_fail);
  chip.finish(failed(chip, 0));
}

void WebClient::network_is_down(Chip& chip) {
  if (const auto* const fetching = chip.job<Fetching>()) {
    const Fetching job = *fetching;
    chip.request(web::Cancel{job.ticket});
    refuse(chip, job);
  } else if (const auto* const upgrading = chip.job<Upgrading>()) {
    chip.request(web::Cancel{upgrading->ticket});
    chip.finish(at::Answer::error);
  }
}

// Fidelity (our decision, dialect 4.4.5): A server may take 10 s for its answer and for each piece.
void WebClient::give_up(Chip& chip, const Fetching& job) {
  chip.request(web::Cancel{job.ticket});
  refuse(chip, job);
}

// Updates -----------------------------------------------------------------------------------------

void WebClient::on(Chip& chip, const web::Progress& event) {
  auto* const job = chip.job<Upgrading>();
  if (job == nullptr || job->ticket != event.ticket) return;
  chip.reply().text(at::Word::update).number(static_cast<int>(event.step)).end();
  job->give_up = chip.now() + kStepGivesUp;
  if (event.step != web::Progress::Step::image_got) return;
  chip.finish(at::Answer::ok);
  chip.restart(power::Reason::command);
}

void WebClient::give_up(Chip& chip, const Upgrading& job) {
  chip.request(web::Cancel{job.ticket});
  chip.finish(at::Answer::error);
}
}  // namespace bfq
