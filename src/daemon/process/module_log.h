#pragma once
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string>
#include <utility>

namespace bfq::process {

/// The log of one module: each line begins with its name, "bfq0: ...".
class ModuleLog {
 public:
  explicit ModuleLog(std::string module) : module_(std::move(module)) {}

  const std::string& module() const { return module_; }

  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) const {
    write(spdlog::level::debug, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) const {
    write(spdlog::level::info, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) const {
    write(spdlog::level::warn, format, std::forward<Args>(args)...);
  }

 private:
  template <class... Args>
  void write(spdlog::level::level_enum level, fmt::format_string<Args...> format,
             Args&&... args) const {
    if (!spdlog::should_log(level)) return;
    spdlog::log(level, "{}: {}", module_, fmt::format(format, std::forward<Args>(args)...));
  }

  std::string module_;
};
}  // namespace bfq::process
