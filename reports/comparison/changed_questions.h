// The questions that two models answer differently.
#pragma once

#include <span>
#include <string>

#include "analysis/comparison.h"
#include "reports/tables/text_table.h"

namespace vffn {

/// One row per question whose score is not the same: a, b, task, doc, metric, both scores, "gained" or
/// "lost", both margins (log-likelihood of the gold choice, divided as the metric does, less the best other
/// choice's; empty if not known). In the order of tasks and docs.
std::string ChangedQuestionsCsv(const std::string& a, const std::string& b,
                                std::span<const PairedTask> tasks);

/// The `most` of them whose margin moved most, of all tasks; those without margins last. Empty if nothing
/// changed.
std::string LargestChanges(std::span<const PairedTask> tasks, size_t most, TableFormat format);

}  // namespace vffn
