#include "daemon/world/world_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "daemon/process/failure.h"
#include "daemon/world/changes.h"

namespace bfq::world {
namespace {
/// How many mistakes are told one by one.
constexpr std::size_t kMostTold = 100;

/// The lines that tell what is wrong with a world.
std::vector<std::string> told(std::vector<std::string> problems) {
  if (problems.size() <= kMostTold) return problems;
  const std::size_t more = problems.size() - kMostTold;
  problems.resize(kMostTold);
  problems.push_back(fmt::format("and {} more mistakes", more));
  return problems;
}
}  // namespace

WorldReader::WorldReader(std::string file, const std::vector<std::string>& overrides)
    : file_(std::move(file)), name_(file_.empty() ? "the default world" : file_) {
  for (const std::string& each : overrides) overrides_.push_back(read_override(each));
  const std::string text = is_file() ? read_world_file(file_) : std::string(default_world());
  WorldReading reading = read_world(text, name_, overrides_);
  if (!reading.world) {
    const std::size_t count = reading.problems.size();
    throw process::UsageError(fmt::format(
        "{} in the world:\n{}", count == 1 ? "a mistake" : fmt::format("{} mistakes", count),
        fmt::join(told(reading.problems), "\n")));
  }
  started_ = std::move(*reading.world);
}

FileContent read_again(const std::string& file) {
  try {
    return {.text = read_world_file(file, process::Readable::regular_file)};
  } catch (const process::UsageError& error) {
    return {.why = error.what()};
  }
}

void WorldReader::apply(const FileContent& again, sim::Medium& medium, Instant now) const {
  if (!again.why.empty()) return spdlog::error("SIGHUP: nothing has changed: {}", again.why);
  const WorldReading reading = read_world(again.text, name_, overrides_, medium.air());
  if (!reading.world) {
    for (const std::string& problem : told(reading.problems)) spdlog::error("{}", problem);
    return spdlog::error("SIGHUP: nothing has changed, because of what is wrong with {}", name_);
  }
  const auto changes = sim::difference(medium.air(), reading.world->air);
  for (const sim::Change& change : changes) {
    spdlog::info("{}", describe(change, medium.air()));
    medium.apply(change, now);
  }
  for (const std::string& part : only_by_restart(started_, *reading.world))
    spdlog::warn("{} is not what it was at the start: that takes a restart", part);
  spdlog::info("SIGHUP: {} is read again, changes: {}", name_, changes.size());
}
}  // namespace bfq::world
