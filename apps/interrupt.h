// Ctrl-C as a request to stop.
#pragma once

#include <stop_token>

namespace vffn {

/// From now on SIGINT and SIGTERM ask the token to stop; a second one ends the process at once.
std::stop_token StopOnInterrupt();

}  // namespace vffn
