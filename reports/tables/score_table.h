// The scores of a run as tables.
#pragma once

#include "eval/results.h"
#include "reports/tables/table.h"

namespace vffn {

/// "scores": one row per task: name, split (or shots, if a task has any), docs (n), primary metric, score ±
/// standard error and chance level: percentages in percent, losses in their own unit. The last rows are
/// unweighted averages, of the percentages and of every kind of loss. Notes: what each metric divides by, and
/// what was cut or is missing.
Table ScoreTable(const Results& results);

/// "metrics": every metric of every task, with the number that a choice's log-likelihood is divided by:
/// accuracies in percent, others in their own unit. The profile's own metrics are marked "reported", its main
/// one "primary"; these have "-" where they are not defined, and others are left out there.
Table MetricTable(const Results& results);

}  // namespace vffn
