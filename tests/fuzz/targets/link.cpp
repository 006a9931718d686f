// What comes from the network, in every mode of a link: the first byte chooses the mode, each
// further one what happens next.
#include "fuzz.h"
#include "scene.h"

namespace {
constexpr const char* kJoin = "AT+CWJAP_CUR=\"BFQ-LAB\",\"bfq4004-lab\"\r\n";
/// Typed one after the other, up to the mode.
constexpr const char* kModes[][5] = {
    {"AT+CIPSTART=\"TCP\",\"127.0.0.1\",7\r\n"},
    {"AT+CIPDINFO=1\r\n", "AT+CIPSTART=\"TCP\",\"127.0.0.1\",9\r\n"},
    {"AT+CIPMUX=1\r\n", "AT+CIPSTART=0,\"TCP\",\"127.0.0.1\",7\r\n",
     "AT+CIPSTART=3,\"TCP\",\"127.0.0.1\",9\r\n"},
    {"AT+CIPMUX=1\r\n", "AT+CIPSERVER=1,80\r\n", "AT+CIPSTO=5\r\n"},
    {"AT+CIPSTART=\"UDP\",\"127.0.0.1\",7,1025,0\r\n"},
    {"AT+CIPDINFO=1\r\n", "AT+CIPSTART=\"UDP\",\"127.0.0.1\",7,1025,2\r\n"},
    {"AT+CIPMUX=1\r\n", "AT+CIPSTART=1,\"UDP\",\"127.0.0.1\",7,1025,1\r\n",
     "AT+CIPSTART=2,\"TCP\",\"127.0.0.1\",7\r\n"},
    {"AT+CIPSTART=\"TCP\",\"127.0.0.1\",7\r\n", "AT+CIPMODE=1\r\n", "AT+CIPSEND\r\n"},
    {"AT+CIPSTART=\"UDP\",\"127.0.0.1\",7\r\n", "AT+CIPMODE=1\r\n", "AT+CIPSEND\r\n"},
    {"AT+CIPSTART=\"TCP\",\"127.0.0.1\",7\r\n", "AT+CIPSEND=100\r\n"},
    {"AT+CIPSTART=\"SSL\",\"127.0.0.1\",7\r\n"},
};
}  // namespace

void fuzz(std::span<const std::byte> input) {
  bfq::fuzzing::Scene scene;
  bfq::fuzzing::Script script(input);
  scene.type(kJoin);
  scene.pass(202);
  for (const char* line : kModes[script.byte() % std::size(kModes)]) {
    if (line == nullptr) break;
    scene.type(line);
    scene.pass(20);
  }
  while (!script.at_end()) {
    const std::uint8_t what = script.byte();
    if (what < 0xc0)
      scene.act(what, script);
    else if (what < 0xe0)
      scene.pass(script.byte());
    else
      scene.type(script.bytes(script.byte()));
  }
  scene.end();
}
