#include "runs/scores/recorded_run.h"

#include "base/error.h"
#include "runs/parts/run_parts.h"

namespace vffn {

RecordedRun ReadRun(const std::filesystem::path& folder_or_results) {
  const RunFolder folder = RunFolder::Of(folder_or_results);
  std::filesystem::path file = folder_or_results;
  if (std::filesystem::is_directory(folder_or_results)) {
    CheckMerged(folder);
    const auto latest = folder.LatestResults();
    VFFN_CHECK(latest.has_value(), folder.path().string(),
               ": the folder has no results_*.json; vffn eval writes one when it is done");
    file = *latest;
  }
  return {.folder = folder, .results = ReadResultsFile(file), .notes = ReadRunNotes(folder.notes())};
}

bool IsUntrainedRun(const RunFolder& folder) {
  if (!folder.HasLedger()) {
    return false;
  }
  if (const auto path = folder.LatestResults()) {
    const ResultsFile results = ReadResultsFile(*path);
    if (results.run && results.run->info.untrained) {
      return true;
    }
  }
  return ReadRunNotes(folder.notes()).untrained;
}

}  // namespace vffn
