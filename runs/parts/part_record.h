// part.json: what a part of a run says of itself and of the whole run, so that parts are joined without the
// model and the data sets.
//
//   {"vffn_part": 1, "rank": 3, "count": 16, "plan_sha256": "...", "docs": 120, "docs_scored": 100,
//    "ledger_bytes": 81234, "samples": true, "trace": "t",
//    "tasks": [{a task's row of a ledger (eval/ledger_row.h), "task_hash"}, ...],
//    "run": {a results file without tasks}}
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/launch_place.h"
#include "eval/evaluation_plan.h"
#include "eval/evaluator.h"
#include "runs/scores/results_file.h"

namespace vffn {

/// A task of the whole run.
struct PartTask {
  LedgerTask task;
  std::string task_hash;

  bool operator==(const PartTask&) const = default;
};

/// Of a part, as far as it has come: docs in the ledger after `ledger_bytes` are not counted in the run's
/// scoring record, and are scored again.
struct PartRecord {
  Shard shard;
  std::string plan_sha256;   ///< PlanHash; all parts of a run have the same
  int64_t docs = 0;          ///< that this rank is to score
  int64_t docs_scored = 0;   ///< that are in the ledger
  int64_t ledger_bytes = 0;  ///< with these docs
  bool samples = false;      ///< --log_samples
  std::string trace;         ///< folder of the whole run's trace; empty: none
  std::vector<PartTask> tasks;
  ResultsFile run;  ///< its RunRecord; no tasks. The scoring record is of all docs that this part has scored

  bool finished() const { return docs_scored == docs; }
};

/// Throws Error naming the file and the field.
PartRecord ReadPartRecord(const std::filesystem::path& path);
void WritePartRecord(const std::filesystem::path& path, const PartRecord& record);

/// The plan's tasks, before docs are removed from it.
std::vector<PartTask> PartTasksOf(const EvaluationPlan& plan);

/// Adds the work of a later process of the same rank, or of another rank. Counts and seconds are sums; the
/// first score is that of the one that was faster.
void AddScoring(const ScoringRecord& more, ScoringRecord& sum);

}  // namespace vffn
