// A trace that the user named, and the files of its run beside it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vffn {

struct TraceFiles {
  std::filesystem::path trace;                 ///< its folder
  std::filesystem::path ledger;                ///< of the same run; empty: none is beside the trace
  std::vector<std::filesystem::path> samples;  ///< the latest of each task; may be empty
  std::vector<std::string> notes;              ///< about files that are not used, for people
};

/// The trace that a path names (FindRun): the trace, its run's folder, or a file in one of them. Throws Error
/// as FindRun, also if the run is in parts, and if trace or ledger are damaged.
TraceFiles FindTrace(const std::filesystem::path& named);

/// The ledger that a path names: the file, or that of the run's folder. Throws Error as FindRun and if the
/// folder has none.
std::filesystem::path FindLedger(const std::filesystem::path& named);

/// The sample files that a path names: the file, or the latest of each task in the run's folder. Throws Error
/// as FindRun and if the folder has none.
std::vector<std::filesystem::path> FindSamples(const std::filesystem::path& named);

}  // namespace vffn
