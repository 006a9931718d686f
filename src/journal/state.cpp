#include "journal/state.h"

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "journal/codec.h"

namespace bfq::journal {
namespace {
/// Knows in addition that a link has to be one of the module's.
class StateReader : public Reader {
 public:
  explicit StateReader(Reader in) : Reader(in) {}
};
}  // namespace

static void get(StateReader& in, LinkHandle& link) {
  get<Reader>(in, link);
  if (link.id >= limits::kLinks) in.fail("there is no such link");
}

namespace {
// What a module is made of ------------------------------------------------------------------------

template <class T>
void describe_layout(Writer& out, std::type_identity<T>);

template <class... T>
void describe_each(Writer& out, std::type_identity<std::tuple<T...>>) {
  (describe_layout(out, std::type_identity<std::remove_reference_t<T>>{}), ...);
}
template <class... A>
void describe_inner(Writer& out, std::type_identity<std::variant<A...>>) {
  describe_each(out, std::type_identity<std::tuple<A...>>{});
}
template <class T>
void describe_inner(Writer& out, std::type_identity<std::optional<T>>) {
  describe_layout(out, std::type_identity<T>{});
}
template <class T, std::size_t N>
void describe_inner(Writer& out, std::type_identity<std::array<T, N>>) {
  out.number(N);
  describe_layout(out, std::type_identity<T>{});
}
template <class T>
void describe_inner(Writer&, std::type_identity<T>) {}

template <class T>
void describe_layout(Writer& out, std::type_identity<T> type) {
  if constexpr (Described<T>) {
    out.text(T::kDescription.name);
    for (const MemberName& member : T::kDescription.members) out.text(member.text);
    describe_each(out, std::type_identity<decltype(members(std::declval<T&>()))>{});
  } else if constexpr (requires { T::last; }) {
    put(out, T::last);
  } else {
    describe_inner(out, type);
  }
}

/// Tells builds apart whose modules are made of other members.
std::uint32_t layout() {
  Writer out;
  describe_layout(out, std::type_identity<Module>{});
  return crc32(out.all());
}
}  // namespace

void write_state(Writer& out, const Module& module) {
  out.number(layout());
  put(out, module);
}

void read_state(Reader in, Module& module) {
  StateReader state(in);
  if (state.number() != layout())
    throw Unreadable(in.offset(),
                     "the state in it is that of a program whose modules are made of other parts");
  try {
    get(state, module);
    state.end();
  } catch (const Unreadable& error) {
    throw Unreadable(error.offset(), "the state in it is damaged: " + error.why());
  }
}
}  // namespace bfq::journal
