// Joining the parts of a run that several processes shared. Neither the model nor the data sets are needed.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "eval/results.h"
#include "runs/losses/loss_file.h"
#include "runs/parts/run_parts.h"
#include "runs/scores/results_file.h"

namespace vffn {

struct MergeOptions {
  std::vector<std::filesystem::path> folders;  ///< each a run's folder with parts, or one part (PartsIn)
  std::filesystem::path output;                ///< of the joined run
  std::optional<std::filesystem::path> trace;  ///< of the joined run; absent: as the parts were told
};

struct MergedRun {
  Results results;
  ScoringRecord scoring;                     ///< of all ranks: their times are added
  std::vector<std::filesystem::path> files;  ///< written
};

/// Writes the ledger, results, samples and trace that one process would have written. They are the same byte
/// for byte, except in the results: `date`, `total_evaluation_time_seconds` (of the rank that took longest)
/// and under `vffn.scoring` `workers`, `seconds_to_first_score` and the seconds (sums over ranks; the first
/// score is the earliest). Where docs share solved examples, there are also more tokens and more work: each
/// rank reads them. The ledger is written last, so a folder that has one is joined. Every file
/// is whole or not there, and joining again writes the same files. Nothing if another process is joining the
/// parts. Throws Error that lists what is wrong with which part, and what to do: missing ranks, parts that
/// are not finished or damaged, of other runs, or in two places; and if `output` has another ledger.
std::optional<MergedRun> MergeRun(const MergeOptions& options);

/// A file of losses that was joined.
struct MergedLosses {
  std::filesystem::path file;
  std::vector<std::filesystem::path> others;  ///< written beside it: results, losses of tokens, trace
  LossContents contents;
};

/// The same for one file of losses ("losses", "losses_loops=2"), with its results, the losses of tokens and
/// the trace if the parts have them.
std::optional<MergedLosses> MergeLosses(const MergeOptions& options, const std::string& stem);

/// What the folders have parts of: kLedgerParts, and the stems of files of losses.
std::vector<std::string> MergeableIn(const MergeOptions& options);

}  // namespace vffn
