// The docs of a finished run, with their texts and tokens.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "eval/evaluation_plan.h"
#include "eval/ledger.h"
#include "runs/scores/recorded_run.h"
#include "runs/tokenizer_source.h"

namespace vffn {

/// Where to look for what a run's folder does not hold.
struct PlanInputs {
  std::filesystem::path data;                     ///< folder of the data sets; empty or absent: there is none
  std::vector<std::filesystem::path> tokenizers;  ///< files, folders or GGUF files, before the run's own
};

struct RecordedPlan {
  /// The docs of the ledger that have several choices, encoded again: their tokens are those that were
  /// scored. TaskRun::docs is empty. No tasks without a tokenizer.
  EvaluationPlan plan;
  ModelTokenizer tokenizer;
  std::vector<std::string> missing;  ///< what is not there, and what to do; for people
};

/// Reads the docs of a run back.
///   tokenizer   of `inputs`, then the one that the run was started with; relative paths are sought from the
///               working directory and from every folder above the run. It must have the ledger's SHA-256
///   texts       from the run's samples_*.jsonl, else, rendered again, from data with the ledger's SHA-256
/// Docs whose tokens then differ from those that were scored are left out, and `missing` counts them. Throws
/// Error if a file is damaged.
RecordedPlan ReadRecordedPlan(const RecordedRun& run, const LedgerContents& ledger, const PlanInputs& inputs);

}  // namespace vffn
