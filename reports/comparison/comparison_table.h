// Paired comparisons as tables.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "base/json_fwd.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// b compared with the baseline a.
struct ComparisonReport {
  std::string a, b;  ///< names
  Comparison comparison;
  std::vector<std::string> notes;
};

/// A row per task and one for each average (ComparisonMeanings).
Table ComparisonTable(const ComparisonReport& report, const ComparisonOptions& options);

/// What a column is, in one sentence.
struct ColumnMeaning {
  std::string title, meaning;
};

/// Of the columns of ComparisonTable, in their order; docs/statistics.md has the same words.
std::vector<ColumnMeaning> ComparisonMeanings();

/// A line for each: "p: probability of ...".
std::vector<std::string> MeaningNotes(const std::vector<ColumnMeaning>& meanings);

/// Unit, bootstrap and significance level of the tables; then, with `explain`, the meaning of the columns, or
/// how to see it.
std::vector<std::string> ComparisonNotes(const ComparisonOptions& options, bool explain);

/// A table for each, with its notes, or one line if no score differs; then ComparisonNotes. CSV: one table of
/// all.
std::string ComparisonTables(std::span<const ComparisonReport> reports, const ComparisonOptions& options,
                             TableFormat format, bool explain = true);
OrderedJson ComparisonJson(std::span<const ComparisonReport> reports, const ComparisonOptions& options);

/// "better", "worse" or "cannot tell", by the adjusted p; for costs better is lower.
std::string VerdictOn(double difference, bool higher_is_better, const std::optional<double>& adjusted_p,
                      double alpha);

}  // namespace vffn
