// Sample files: one JSON line per doc with the keys of lm-evaluation-harness 0.4.13's samples_*.jsonl.
//
// Numbers are numbers and flags are booleans (`filtered_resps` is [[log-likelihood, is_greedy], ...]), where
// the harness writes both as strings; `target` is the index of the right choice as a string.
#pragma once

#include <string>

#include "eval/evaluator.h"

namespace vffn {

/// The lines of one task's docs, in order. Throws Error if a doc is not in the ledger.
std::string SampleLines(const Profile& profile, const TaskRun& run, const LedgerContents& ledger);

/// SHA-256 over the docs' doc_hash + prompt_hash + target_hash: the harness's task_hashes entry.
std::string TaskHash(const TaskRun& run);

}  // namespace vffn
