// Losses of two models as tables.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "analysis/loss_comparison.h"
#include "base/json_fwd.h"
#include "reports/comparison/comparison_table.h"
#include "reports/comparison/loss_pairing.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// b compared with the baseline a.
struct LossReport {
  std::string a, b;  ///< names
  LossWindow window;
  LossPairing pairing;
  std::vector<LossComparison> comparisons;  ///< CompareLosses
};

/// Pairs every other model with the first one and compares. Holm's adjustment has two families, as that of
/// tasks: the sources of all reports, and all documents of each report. Throws Error as PairLosses and
/// CompareLosses.
std::vector<LossReport> CompareLossSets(std::span<const LossSet> sets, bool common_docs,
                                        const ComparisonOptions& options);

/// A row for each measure of each source and of all documents. In CSV its columns are those of
/// ComparisonTable: the task is "loss", or "loss/SOURCE".
Table LossComparisonTable(const LossReport& report, const ComparisonOptions& options);

/// The meaning of its columns, in their order; docs/statistics.md has the same words.
std::vector<ColumnMeaning> LossMeanings();

/// A table for each, with its notes, then the documents that changed most (but not in CSV), or one line if no
/// loss differs; then what was computed, and with `explain` the meaning of the columns. CSV: one table of
/// all.
std::string LossComparisonTables(std::span<const LossReport> reports, const ComparisonOptions& options,
                                 TableFormat format, bool explain = true);
OrderedJson LossComparisonJson(std::span<const LossReport> reports, const ComparisonOptions& options);

/// One row for each document and report, with both sums of log-probabilities, their difference, and
/// "improved", "worsened" or "same".
std::string DocumentChangesCsv(std::span<const LossReport> reports);

}  // namespace vffn
