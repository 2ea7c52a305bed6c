// The evaluator: tasks in, results out, everything a model says kept in a ledger on the way.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/interrupted.h"
#include "base/json.h"
#include "base/progress.h"
#include "eval/ledger.h"
#include "eval/results.h"
#include "eval/scorer.h"
#include "tasks/example.h"

namespace vffn {

/// The docs of a task to score. `examples`, `docs` and `requests` go side by side, ordered by doc_id.
struct TaskRun {
  std::string name;
  std::string split;
  std::string data_sha256;
  int64_t data_set_size = 0;  ///< docs in the data set, of which these are some
  std::vector<Example> examples;
  std::vector<Json> docs;            ///< the raw records, for sample files
  std::vector<RequestDoc> requests;  ///< what the examples became under the profile's encoding
};

struct EvaluationPlan {
  const Profile* profile = nullptr;
  std::vector<TaskRun> tasks;
};

/// Scores, in one call to the scorer, every doc of the plan that the ledger does not have, appends each to
/// the ledger as it is done, and computes the results of the plan's docs from the ledger. Throws Interrupted
/// on a stop, and Error if the plan is not consistent, if the ledger was begun for another profile's tokens
/// or has a doc whose tokens are not the plan's, or if scorer or ledger throw. Whatever is thrown, all docs
/// that were done are in the ledger.
Results Evaluate(const EvaluationPlan& plan, Scorer& scorer, Ledger& ledger, Progress& progress,
                 std::stop_token stop = {});

}  // namespace vffn
