// Joining the traces of the parts of a run.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vffn {

struct TraceMergeOptions {
  int64_t rows_at_once = 1LL << 22;  ///< of docs that wait for their turn in memory, about 60 bytes each
};

/// Writes the docs of `parts` (folders of traces) into the folder `output`, in the order of `docs` (task,
/// doc_id), and copies their branch features. A trace that a killed process began is continued. Throws Error
/// if the traces are of different runs, a doc is in none of them, or `output` has a trace of another run.
void MergeTraces(std::span<const std::filesystem::path> parts,
                 std::span<const std::pair<std::string, int64_t>> docs, const std::filesystem::path& output,
                 const TraceMergeOptions& options = {});

}  // namespace vffn
