#include "runs/scores/recorded_run.h"

#include "base/error.h"
#include "runs/parts/run_parts.h"

namespace vffn {

RecordedRun ReadRun(const std::filesystem::path& folder_or_results) {
  VFFN_CHECK(std::filesystem::exists(folder_or_results), folder_or_results.string(),
             ": there is no such folder or file");
  const RunFolder folder = RunFolder::Of(folder_or_results);
  std::filesystem::path file = folder_or_results;
  if (std::filesystem::is_directory(folder_or_results)) {
    CheckMerged(folder);
    const auto latest = folder.LatestResults();
    VFFN_CHECK(latest.has_value(), folder.path().string(), ": the folder has no results_*.json",
               std::filesystem::exists(folder.losses("")) ? ", only losses of a text" : "",
               "; vffn eval writes one when it is done");
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
