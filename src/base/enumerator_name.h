#pragma once
#include <string_view>

namespace bfq {
/// The name of an enumerator, as `red` of `Color::red`, from the compiler's own name of this
/// function; empty for a value that no enumerator has.
template <auto kValue>
consteval std::string_view enumerator_name() {
  // "... [kValue = ns::Color::red]", "... [with auto kValue = (ns::Color)7; ...]"
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("kValue = ") + 9);
  if (name.front() == '(') return {};
  name.remove_suffix(name.size() - name.find_first_of(";]"));
  name.remove_prefix(name.rfind(':') + 1);
  return name;
}
}  // namespace bfq
