// The hot paths of the core, for callgrind to count: check.py runs this and compares what each
// takes with its budget. The world around the module is the least that answers it.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "commands/bfq4004.h"
#include "journal/black_box.h"
#include "journal/recorder.h"
#include "runtime/doors.h"

namespace bfq {
namespace {
constexpr Ipv4 kAddress(0x0A2C0102), kGateway(0x0A2C0101), kNetmask(0xFFFFFF00);
constexpr int kWarmUp = 20, kTimes = 100;  // check.py divides by the latter

class Feeder {
 public:
  Feeder(const char* suffix, journal::Sink* sink) : suffix_(suffix) {
    if (sink != nullptr) doors_.recorder().write_to(*sink);
    doors_.handle(power::Started{power::Reason::power_on, {}}, now_);
    type("AT+CWJAP_CUR=\"lab\",\"password\"\r\n");
  }

  void type(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    doors_.uart_input(bytes, now_);
    carry();
  }
  void receive(std::span<const std::byte> bytes) {
    doors_.link_input(link_, bytes, now_);
    carry();
  }
  /// Counts what one of these takes.
  template <class F>
  void count(const char* name, F once) {
    for (int i = 0; i < kWarmUp; ++i) once();
    CALLGRIND_ZERO_STATS;
    for (int i = 0; i < kTimes; ++i) once();
    const std::string title = std::string(name) + suffix_;
    CALLGRIND_DUMP_STATS_AT(title.c_str());
  }
  const std::string& said() const { return said_; }

 private:
  void carry() {
    now_ += 1ms;
    while (const auto request = doors_.next_request())
      std::visit([this](const auto& r) { answer(r); }, *request);
    for (auto out = doors_.module().uart_output(); !out.empty();
         out = doors_.module().uart_output()) {
      said_.assign(reinterpret_cast<const char*>(out.data()), out.size());
      doors_.uart_sent(out.size(), now_);
    }
    for (auto out = doors_.module().link_output(link_).bytes; !out.empty();
         out = doors_.module().link_output(link_).bytes)
      doors_.link_sent(link_, out.size(), now_);
    if (!doors_.module().uart_output().empty()) carry();
  }
  void answer(const radio::Join& r) { doors_.handle(radio::Joined{r.ticket, {}, 6, -42}, now_); }
  void answer(const lease::ObtainAddress& r) {
    doors_.handle(lease::Addressed{r.ticket, kAddress, kGateway, kNetmask}, now_);
  }
  void answer(const net::Open& r) {
    link_ = r.link;
    doors_.handle(net::Opened{r.link, 50000}, now_);
  }
  void answer(const auto& /*nobody waits for an answer*/) {}

  const char* suffix_;
  Instant now_{};
  Module module_{Identity{{}, {}, "1", "1"}, commands::kBfq4004};
  journal::Recorded<runtime::Doors> doors_{module_, journal::Build{"1", commands::kBfq4004}};
  LinkHandle link_{};
  std::string said_;
};

bool expect(const Feeder& feeder, std::string_view end) {
  if (feeder.said().ends_with(end)) return true;
  std::fprintf(stderr, "the module says \"%s\"\n", feeder.said().c_str());
  return false;
}

/// False where the module does anything else than what is to be counted.
bool count_all(const char* suffix, journal::Sink* sink) {
  Feeder feeder(suffix, sink);
  feeder.count("AT", [&] { feeder.type("AT\r\n"); });
  bool right = expect(feeder, "AT\r\r\n\r\nOK\r\n");
  feeder.count("AT+CWMODE_CUR?", [&] { feeder.type("AT+CWMODE_CUR?\r\n"); });
  right &= expect(feeder, "+CWMODE_CUR:1\r\n\r\nOK\r\n");
  feeder.count("AT+CWMODE_CUR=1", [&] { feeder.type("AT+CWMODE_CUR=1\r\n"); });
  right &= expect(feeder, "\r\nOK\r\n");
  const std::string_view open = "AT+CIPSTART=\"TCP\",\"10.44.1.1\",80\r\n";
  feeder.count("AT+CIPSTART and AT+CIPCLOSE", [&] {
    feeder.type(open);
    feeder.type("AT+CIPCLOSE\r\n");
  });
  right &= expect(feeder, "CLOSED\r\n\r\nOK\r\n");
  feeder.type(open);
  right &= expect(feeder, "CONNECT\r\n\r\nOK\r\n");
  feeder.count("AT+CIPSEND=1", [&] {
    feeder.type("AT+CIPSEND=1\r\n");
    feeder.type("x");
  });
  right &= expect(feeder, "SEND OK\r\n");
  const std::string payload(2048, 'x');
  const auto bytes = std::as_bytes(std::span(payload));
  feeder.count("+IPD of 1,460 bytes", [&] { feeder.receive(bytes.first(1460)); });
  right &= expect(feeder, "xxx");
  feeder.type("AT+CIPMODE=1\r\n");
  feeder.type("AT+CIPSEND\r\n");
  right &= expect(feeder, ">");
  feeder.count("2,048 bytes of passthrough up", [&] { feeder.type(payload); });
  feeder.count("1,460 bytes of passthrough down", [&] { feeder.receive(bytes.first(1460)); });
  return right;
}
}  // namespace
}  // namespace bfq

int main() {
  bfq::journal::BlackBox box;
  const bool right = bfq::count_all("", nullptr) && bfq::count_all(", black box", &box);
  return right ? 0 : 1;
}
