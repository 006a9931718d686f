#pragma once
#include <functional>
#include <string>

#include "daemon/wifi/radio_spec.h"

namespace bfq::wifi {

/// Forks, and has `work`, which does not return, done in the new process. This one waits for its
/// end and ends likewise; where the other was killed, this undoes first what it has left: addresses
/// and routes, the interface of the softAP, a lent supplicant's networks, a country, and
/// `directory`. Throws process::Failure.
[[noreturn]] void keep(const RadioSpec& spec, const std::string& directory,
                       const std::function<void()>& work);
}  // namespace bfq::wifi
