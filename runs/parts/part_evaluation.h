// One rank's part of an evaluation that several processes share, and the end of the run, which joins the
// parts.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "runs/evaluation.h"
#include "runs/parts/merge.h"

namespace vffn {

struct PartOutcome {
  std::filesystem::path folder;     ///< of the part
  int64_t docs = 0;                 ///< of the part
  int finished = 0;                 ///< parts in the run's folder, this one included
  std::optional<MergedRun> merged;  ///< this process was the last one, and joined the parts
};

/// Scores the docs of `options.shard` that its ledger lacks, in a folder of its own (RunParts), and removes
/// the other ranks' docs from the plan. If all parts are finished then, they are joined. A process that is
/// killed and run again (--resume) counts no doc twice: docs after the last save are scored again. Throws
/// Error if the part exists (unless --resume) or belongs to another plan, and as RunEvaluation.
PartOutcome RunPartOf(Evaluation& evaluation, const std::stop_token& stop);

/// The last step of RunPartOf: joins the parts if all are finished and no other process is doing so.
std::optional<MergedRun> MergeIfComplete(const RunFolder& run, const Shard& shard);

}  // namespace vffn
