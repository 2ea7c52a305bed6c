// The scores of a run as tables.
#pragma once

#include <string>

#include "eval/results.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// One row per task: name, split, docs (n), primary metric, score ± standard error and chance level in
/// percent; the last row is the unweighted average. Notes: what each metric divides by, and what was cut or
/// is missing.
std::string ScoreTable(const Results& results, TableFormat format);

/// Every metric of every task, with the number that a choice's log-likelihood is divided by: accuracies in
/// percent, costs in their own unit, "-" where a metric is not defined. The profile's own metrics are marked
/// "reported", its main one "primary".
std::string MetricTable(const Results& results, TableFormat format);

}  // namespace vffn
