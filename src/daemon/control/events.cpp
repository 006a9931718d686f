#include "daemon/control/events.h"

#include <concepts>
#include <utility>

namespace bfq::control {
namespace {
template <class E>
EventInfo info_of() {
  return {E::kDescription.name, E::kSummary, E::kTopic, fields_of<E>()};
}

template <class... Events>
std::vector<EventInfo> rows_of(const std::variant<Events...>*) {
  return {info_of<Events>()...};
}
}  // namespace

const std::vector<EventInfo>& event_rows() {
  static const std::vector<EventInfo> rows = rows_of(static_cast<const EventBody*>(nullptr));
  return rows;
}

Topic topic_of(const EventBody& body) {
  return std::visit([]<class E>(const E&) { return E::kTopic; }, body);
}

std::size_t size_of(const Event& event) {
  constexpr std::size_t kOfOneMember = 64;  // about so much
  std::size_t size = sizeof event;
  const auto add = [&size](const MemberName&, const auto& member) {
    if constexpr (std::same_as<std::remove_cvref_t<decltype(member)>, std::string>)
      size += member.size();
    else if constexpr (std::same_as<std::remove_cvref_t<decltype(member)>,
                                    std::vector<std::string>>)
      for (const std::string& text : member) size += sizeof text + text.size();
    else if constexpr (std::same_as<std::remove_cvref_t<decltype(member)>, json::object>)
      size += member.size() * kOfOneMember;
  };
  std::visit([&](const auto& body) { for_each_member(body, add); }, event.body);
  return size;
}

std::string_view module_of(const EventBody& body) {
  return std::visit(
      []<class E>(const E& event) -> std::string_view {
        if constexpr (requires { event.module; }) return event.module;
        return {};
      },
      body);
}

json::object object_of(const Event& event) {
  json::object out;
  out["event"] = event_rows()[event.body.index()].name;
  out["time"] = event.time.time_since_epoch().count();
  out["number"] = event.number;
  std::visit(
      [&](const auto& body) {
        for (auto& field : object_of(body)) out[field.key()] = std::move(field.value());
      },
      event.body);
  return out;
}
}  // namespace bfq::control
