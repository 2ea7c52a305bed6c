// The questions that two models answer differently.
#pragma once

#include <span>
#include <string>

#include "analysis/comparison.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// One row per question whose scores differ: a, b, task, doc, metric, "gained" or "lost", both scores, both
/// margins (log-likelihood of the gold choice, divided as the metric does, less that of the best other
/// choice; empty if not known). In the order of tasks and docs.
std::string ChangedQuestionsCsv(const std::string& a, const std::string& b,
                                std::span<const PairedTask> tasks);

/// Of all tasks the `most` questions whose margin changed most; without margins (losses) the score counts,
/// and people see the scores, too. Empty if no question changed.
std::string LargestChanges(std::span<const PairedTask> tasks, size_t most, TableFormat format);

}  // namespace vffn
