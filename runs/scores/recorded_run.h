// A run as its folder records it, and the one rule of all commands on which of its files count:
//
// - The ledger tells the scores: those of every doc in it. One without docs counts as none.
// - results_*.json tell what a ledger does not: the profile, the model's configuration, the limit, FLOPs and
//   times. Beside a ledger that is the latest file of the same model, tokenizer, dtype ... (RunIdentity); one
//   of another model is an error. FLOPs and times are those of the latest process that scored anything.
// - Without a ledger, the latest results tell the scores, too.
// - A results file that the user names is used as it is.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "eval/ledger.h"
#include "eval/profiles.h"
#include "runs/folders/named_run.h"
#include "runs/folders/run_notes.h"
#include "runs/scores/results_file.h"

namespace vffn {

/// The files that count, read.
struct RunSources {
  NamedRun named;
  std::optional<LedgerContents> ledger;  ///< of the same run as the results
  std::optional<ResultsFile> results;    ///< that were named, or tell what the ledger does not
  std::vector<std::string> notes;        ///< which files were used, where there was a choice; for people

  const RunFolder& folder() const { return named.folder; }
  /// Else the scores are of `results`.
  bool ScoresAreOfLedger() const { return ledger && named.kind != NamedKind::kResults; }
};

/// Reads the ledger and the results of a run. Neither is there in a folder that has samples only. Throws
/// Error as FindRun, if the results are of another model than the ledger (naming both), and, naming the file,
/// if one of them is damaged.
RunSources ReadRunSources(const NamedRun& named);

/// The profile under which a ledger's run is scored: that of its results, else the one that the ledger's
/// header names, else the first one whose tokens the ledger holds.
const Profile& ProfileOfRun(const LedgerContents& ledger, const std::optional<ResultsFile>& results);

struct RecordedRun {
  RunFolder folder;
  ResultsFile results;  ///< its origin is the ledger, or the results file; ordered by name
  RunNotes notes;
  std::optional<LedgerContents> ledger;  ///< of the same run; absent: there is none
  std::vector<std::string> file_notes;   ///< RunSources::notes
};

/// The run that a path names (FindRun), with its scores as a fresh run would write them. Of a ledger without
/// results, RunInfo has what the ledger's header tells, and tasks without a scored doc are left out. Throws
/// Error as ReadRunSources and if there are no scores.
RecordedRun ReadRun(const std::filesystem::path& named);

/// Whether a run is of an untrained model: its results, its ledger or its notes say so. False for a folder
/// that this program did not write. Throws Error, naming the file, if one of them is damaged.
bool IsUntrained(const RunSources& sources);
bool IsUntrainedRun(const RunFolder& folder);

}  // namespace vffn
