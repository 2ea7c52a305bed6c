// --dry-run: what a command would do.
#pragma once

#include <string>

#include "apps/command_line/command_line.h"
#include "base/launch_place.h"
#include "runs/forecast.h"

namespace vffn {

/// --dry-run.
void AddDryRunOption(bool& dry_run, Command& command);

/// --overwrite, which replaces what the command wrote before. `what`: "a run".
Option& AddOverwriteOption(bool& overwrite, const std::string& what, Command& command);

/// Prints a table of tasks (`docs` and `requests` name its columns), the work, and the files that would be
/// written and removed.
void PrintForecast(const RunForecast& forecast, const std::string& docs, const std::string& requests,
                   const std::string& format);

/// The last lines. `shard` is this process's.
std::string DryRunEnd(const Shard& shard);

}  // namespace vffn
