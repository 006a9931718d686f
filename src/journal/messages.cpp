#include "journal/messages.h"

#include "journal/codec.h"

namespace bfq::journal {
void write(Writer& out, const Event& event) { put(out, event); }

Event read_event(Reader& in) {
  Event event;
  get(in, event);
  return event;
}

void write(Writer& out, const Request& request) { put(out, request); }

void write(Writer& out, LinkHandle link) { put(out, link); }

LinkHandle read_link(Reader& in) {
  LinkHandle link;
  get(in, link);
  return link;
}

void write(Writer& out, net::Endpoint endpoint) { put(out, endpoint); }

net::Endpoint read_endpoint(Reader& in) {
  net::Endpoint endpoint;
  get(in, endpoint);
  return endpoint;
}
}  // namespace bfq::journal
