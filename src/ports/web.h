#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "base/described.h"
#include "base/text.h"
#include "ports/network.h"
#include "ports/ticket.h"

/// What the module asks of an HTTP client, and what the client tells the module.
///
///          Fetch, Recall, Update         Answered            Ended
///   idle ---------------------> asked ------------> answered -------> idle
///    ^                            |                    |
///    |    FetchFailed, Cancel     |                    | Continue, Piece: as often as it takes
///    +----------------------------+--------------------+
///
/// The client keeps the texts that a request is made of: Store hands them over, piece by piece, as
/// they are typed. It does one thing at a time: each Fetch, Recall or Update takes the place of
/// what is under way. A Fetch or Recall is answered by one Answered or FetchFailed; after Answered,
/// each Continue is answered by one Piece, Ended or FetchFailed. After Ended, FetchFailed or Cancel
/// nothing more is said of that ticket. How long an answer may take is for the module to say, by
/// Cancel.
namespace bfq::web {

// Asked -------------------------------------------------------------------------------------------

/// A text that the client keeps, empty at first and whenever the module has had no power. A Fetch
/// uses up all but the configured URL.
enum class Kept : std::uint8_t {
  url,             ///< of the next Fetch
  configured_url,  ///< of each Fetch that asks for it
  body,            ///< of the next Fetch; part of the URL where its method has no body
  headers,         ///< more lines of the head of the next Fetch, each with its CR LF
  last = headers
};

/// Adds to a text that the client keeps, or begins it anew.
struct Store {
  static constexpr std::size_t kMost = 96;  ///< bytes handed over at once
  Kept slot{};
  bool is_new = false;
  Text<kMost> text{};
  static constexpr auto kDescription = describe("web::Store", "slot", "is_new", secret("text"));
};

/// The numbers are those of AT+HTTPCLIENT.
enum class Method : std::uint8_t { head = 1, get, post, put, remove, last = remove };
/// What the body is; the numbers are those of AT+HTTPCLIENT.
enum class Content : std::uint8_t { form, json, multipart, xml, last = xml };

/// Asks for what the URL names: http or https, see Url.
struct Fetch {
  Ticket ticket{};
  Method method = Method::get;
  Content content{};
  bool uses_configured_url = false;
  bool shows_certificate = false;  ///< https: see net::Open
  bool verifies = false;           ///< https: see net::Open
  net::NameServers servers{};      ///< that are asked for the host's name
  static constexpr auto kDescription =
      describe("web::Fetch", "ticket", "method", "content", "uses_configured_url",
               "shows_certificate", "verifies", "servers");
};

/// Asks for a text that the client keeps, in the way of a Fetch.
struct Recall {
  Ticket ticket{};
  Kept slot{};
  static constexpr auto kDescription = describe("web::Recall", "ticket", "slot");
};

/// Asks for more of the answer: the module has room for so many bytes, from 1 to Piece::kMost.
struct Continue {
  Ticket ticket{};
  std::uint16_t room = 0;
  static constexpr auto kDescription = describe("web::Continue", "ticket", "room");
};

/// Ends what is under way; what it was using up is gone.
struct Cancel {
  Ticket ticket{};
  static constexpr auto kDescription = describe("web::Cancel", "ticket");
};

/// Asks for a newer image of the module's firmware, which is loaded and dropped: answered by an
/// Progress for each step that succeeds, and by FetchFailed as soon as one does not.
struct Update {
  Ticket ticket{};
  net::NameServers servers{};
  static constexpr auto kDescription = describe("web::Update", "ticket", "servers");
};

// Told --------------------------------------------------------------------------------------------

/// The head of the answer is there. `length` is that of the body, where the server says it.
struct Answered {
  Ticket ticket{};
  std::uint16_t status = 0;  ///< of HTTP; 200 for a Recall
  std::optional<std::uint32_t> length{};
  static constexpr auto kDescription = describe("web::Answered", "ticket", "status", "length");
};

/// The next bytes of the body, one at least and no more than there is room for. For Method::head
/// and the next line of the head, without its CR LF and cut where it is too long.
struct Piece {
  static constexpr std::size_t kMost = 512;
  Ticket ticket{};
  Text<kMost> bytes{};
  static constexpr auto kDescription = describe("web::Piece", "ticket", secret("bytes"));
};

/// The whole answer has been handed over.
struct Ended {
  Ticket ticket{};
  static constexpr auto kDescription = describe("web::Ended", "ticket");
};

/// It came to nothing: no URL, no such name, no connection, no HTTP, or an answer that broke off.
struct FetchFailed {
  Ticket ticket{};
  static constexpr auto kDescription = describe("web::FetchFailed", "ticket");
};

/// An Update has got so far. The numbers are those of AT+CIUPDATE.
struct Progress {
  enum class Step : std::uint8_t {
    server_found = 1,
    connected,
    version_got,
    image_got,
    last = image_got
  };
  Ticket ticket{};
  Step step = Step::server_found;
  static constexpr auto kDescription = describe("web::Progress", "ticket", "step");
};

/// All that the module asks of the client.
using Request = std::variant<Store, Fetch, Recall, Continue, Cancel, Update>;

/// All that the client tells the module.
using Event = std::variant<Answered, Piece, Ended, FetchFailed, Progress>;
}  // namespace bfq::web
