// The evaluator: scores the docs of a plan, keeps all scores in a ledger, and computes results from it.
#pragma once

#include <functional>
#include <stop_token>

#include "base/interrupted.h"
#include "base/progress.h"
#include "eval/evaluation_plan.h"
#include "eval/ledger.h"
#include "eval/results.h"
#include "eval/scorer.h"

namespace vffn {

/// What a ledger says of a task.
LedgerTask LedgerTaskOf(const TaskRun& run);

/// Scores every doc of the plan that the ledger lacks. Docs are appended to the ledger in the plan's order,
/// each as soon as it and those before it are scored. Throws Interrupted on a stop. Throws Error if the plan
/// is not consistent, if the ledger holds tokens of another profile or scored a doc with other tokens than
/// the plan's, or if scorer or ledger throw. In every case the ledger keeps all docs that were scored.
///
/// Without `save`, the scorer is called once. With it, it is called several times, seconds apart, and `save`
/// after each time, when no doc is being scored.
void ScoreDocs(const EvaluationPlan& plan, Scorer& scorer, Ledger& ledger, Progress& progress,
               const std::stop_token& stop, const std::function<void()>& save = nullptr);

/// ScoreDocs, and the results, which are computed from the ledger.
Results Evaluate(const EvaluationPlan& plan, Scorer& scorer, Ledger& ledger, Progress& progress,
                 std::stop_token stop = {});

/// As Evaluate, without a ledger: only the results are kept. `identity` is that of the model and the plan.
Results EvaluateInMemory(const EvaluationPlan& plan, const RunIdentity& identity, Scorer& scorer,
                         std::stop_token stop = {});

}  // namespace vffn
