// A run that has ended, as its folder records it.
#pragma once

#include <filesystem>

#include "runs/run_folder.h"
#include "runs/run_notes.h"
#include "runs/scores/results_file.h"

namespace vffn {

struct RecordedRun {
  RunFolder folder;
  ResultsFile results;
  RunNotes notes;
};

/// Reads a results file, or the latest one of a folder, and the notes beside it. Throws Error naming the
/// file.
RecordedRun ReadRun(const std::filesystem::path& folder_or_results);

/// Whether a run is of an untrained model: its latest results or its notes say so. False for a folder without
/// a ledger, which this program did not write. Throws Error, naming the file, if one of them is damaged.
bool IsUntrainedRun(const RunFolder& folder);

}  // namespace vffn
