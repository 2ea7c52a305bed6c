// Removing what this program wrote in the folder of a run, and nothing else.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runs/folders/run_folder.h"

namespace vffn {

/// The files of an evaluation: parts, samples and results that this program wrote, the trace in the run's
/// folder (unless it is of losses) and the one in `trace` (empty: none), and the ledger. Results without the
/// key "vffn", and samples without such results, are of another program and stay, and so do notes (run.json)
/// and losses.
std::vector<std::filesystem::path> EvaluationFiles(const RunFolder& run, const std::filesystem::path& trace);

/// The files of one measurement of losses (RunFolder::losses) that this program wrote: parts, results, losses
/// of tokens, the trace in `trace`, and the losses.
std::vector<std::filesystem::path> LossFilesOf(const RunFolder& run, const std::filesystem::path& losses,
                                               const std::filesystem::path& trace);

/// Removes files in their order, and folders (no links to them) that are empty then. The last one is `record`
/// (the ledger or the losses): a process that is killed before it leaves a run that --resume completes.
/// Throws Error, before anything is removed, if another process writes `record`. Returns what was removed,
/// files of one folder as the folder.
std::vector<std::filesystem::path> RemoveFiles(const std::vector<std::filesystem::path>& files,
                                               const std::filesystem::path& record);

}  // namespace vffn
