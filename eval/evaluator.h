// The evaluator: scores the docs of a plan, keeps all scores in a ledger, and computes results from it.
#pragma once

#include <stop_token>

#include "base/interrupted.h"
#include "base/progress.h"
#include "eval/evaluation_plan.h"
#include "eval/ledger.h"
#include "eval/results.h"
#include "eval/scorer.h"

namespace vffn {

/// Scores every doc of the plan that the ledger lacks, in one call to the scorer. Each doc is appended to the
/// ledger as soon as it is scored; the results are computed from the ledger. Throws Interrupted on a stop.
/// Throws Error if the plan is not consistent, if the ledger holds tokens of another profile or scored a doc
/// with other tokens than the plan's, or if scorer or ledger throw. In every case the ledger keeps all docs
/// that were scored.
Results Evaluate(const EvaluationPlan& plan, Scorer& scorer, Ledger& ledger, Progress& progress,
                 std::stop_token stop = {});

/// As Evaluate, without a ledger: only the results are kept. `identity` is that of the model and the plan.
Results EvaluateInMemory(const EvaluationPlan& plan, const RunIdentity& identity, Scorer& scorer,
                         std::stop_token stop = {});

}  // namespace vffn
