#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace bfq::control {

/// What a piece of a module's wire is.
enum class WirePiece : std::uint8_t {
  typed,    ///< taken from a host, as commands
  printed,  ///< text for the host
  header,   ///< the same, and received data follows, which ends the line
  restart,  ///< lines that were begun end nowhere; there are no bytes
};

/// Whoever makes lines of a module's wire, later than the bytes passed.
class WireReader {
 public:
  /// The next piece, and when it passed.
  virtual void read(WirePiece piece, std::string_view bytes, Instant at) = 0;
  /// The next piece, which nobody will see.
  virtual void skip(WirePiece piece, std::string_view bytes) = 0;

 protected:
  ~WireReader() = default;
};

/// What has passed the wires of all modules, in its order, until somebody asks for lines of it: to
/// keep a piece costs little more than its copy. Bounded: the oldest pieces are dropped.
class WireTape {
 public:
  /// How many bytes it takes at most; between half of these and all are kept.
  static constexpr std::size_t kMost = std::size_t{128} << 10U;

  bool empty() const { return now_.pieces.empty() && before_.pieces.empty(); }
  /// `reader` must outlive this.
  void add(WireReader& reader, WirePiece piece, std::string_view bytes, Instant at);
  /// Hands the pieces to their readers and forgets them.
  void play();
  /// True once, when pieces were dropped.
  bool take_loss() { return std::exchange(lost_, false); }

 private:
  struct Piece {
    WireReader* reader;
    Instant at;
    std::uint32_t size;
    WirePiece kind;
  };
  struct Part {
    std::vector<Piece> pieces{};
    std::string bytes{};

    std::size_t size() const { return pieces.size() * sizeof(Piece) + bytes.size(); }
    /// Calls that with each piece and its bytes.
    template <class OnPiece>
    void each(OnPiece on_piece) const {
      std::size_t from = 0;
      for (const Piece& piece : pieces) {
        on_piece(piece, std::string_view(bytes).substr(from, piece.size));
        from += piece.size;
      }
    }
  };

  void turn_over();

  Part before_, now_;
  bool lost_ = false;
};
}  // namespace bfq::control
