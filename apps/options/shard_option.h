// --shard: which of several processes this one is.
#pragma once

#include <string>

#include "apps/command_line/command_line.h"
#include "base/launch_place.h"

namespace vffn {

/// --shard RANK/COUNT or none. Empty: as the launcher says.
void AddShardOption(std::string& text, Command& command);

/// The option's value, or what the launcher's environment variables say (ReadLaunchPlace); then one line on
/// standard error says so, unless it is one process. Throws Error if either is malformed.
LaunchPlace PlaceOf(const std::string& text);

/// "part 3/16 of OUTPUT is done (120 docs); 5 of 16 parts are there ...": the end of a process that was not
/// the last one.
std::string PartText(const Shard& shard, const std::string& what, int finished, const std::string& output);

}  // namespace vffn
