#pragma once
#include "journal/format.h"
#include "ports/messages.h"

/// The messages of ports/ as bytes.
namespace bfq::journal {
void write(Writer& out, const Event& event);
/// Unreadable where no such event can be. A power::Started's flash lies in what `in` reads from.
Event read_event(Reader& in);

/// Of which alternative it is, and what it says.
void write(Writer& out, const Request& request);

void write(Writer& out, LinkHandle link);
LinkHandle read_link(Reader& in);
void write(Writer& out, net::Endpoint endpoint);
net::Endpoint read_endpoint(Reader& in);
}  // namespace bfq::journal
