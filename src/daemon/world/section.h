#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/world/problems.h"

namespace bfq::world {

/// One part of a world while it is read: its name, what was written in it, and where. It reports to
/// the world's Problems, which outlive it.
class Section {
 public:
  Section(std::string name, SourcePosition place, Problems& problems)
      : name_(std::move(name)), place_(std::move(place)), problems_(&problems) {}

  void note(const std::string& key, SourcePosition place) {
    if (!place.source.empty()) places_.emplace(key, std::move(place));
  }
  bool wrote(std::string_view key) const { return places_.contains(std::string(key)); }

  /// Where the key was written, or, if it was not, the section.
  const SourcePosition& place_of(std::string_view key) const {
    const auto found = places_.find(std::string(key));
    return found == places_.end() ? place_ : found->second;
  }

  /// The key as an override refers to it: "ap.LAB.channel".
  std::string path(std::string_view key) const {
    return name_.empty() ? std::string(key) : name_ + '.' + std::string(key);
  }
  const std::string& name() const { return name_; }

  /// Reports that the value of the key is not allowed.
  void refuse(std::string_view key, const std::string& why) { refuse(key, place_of(key), why); }
  void refuse(std::string_view key, SourcePosition place, const std::string& why) {
    refused_.emplace(key);
    problems_->add(std::move(place), path(key) + ": " + why);
  }
  /// False for a key that was refused, whose value is unknown.
  bool stands(std::string_view key) const { return !refused_.contains(std::string(key)); }

  Problems& problems() const { return *problems_; }

 private:
  std::string name_;
  SourcePosition place_;
  Problems* problems_;
  std::map<std::string, SourcePosition> places_;
  std::set<std::string> refused_;
};

/// A value that was read, with the positions of its parts.
template <class T>
struct Written {
  T value{};
  Section section;
};
}  // namespace bfq::world
