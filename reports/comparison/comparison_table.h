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

/// A row per task and one for the average: questions, both scores, difference and its error, questions gained
/// and lost, interval, p, adjusted p, smallest detectable difference in questions, verdict.
Table ComparisonTable(const ComparisonReport& report, const ComparisonOptions& options);

/// The meaning of its columns.
std::vector<std::string> ComparisonNotes(const ComparisonOptions& options);

/// A table for each, with its notes, and the meaning of the columns. CSV: one table of all.
std::string ComparisonTables(std::span<const ComparisonReport> reports, const ComparisonOptions& options,
                             TableFormat format);
OrderedJson ComparisonJson(std::span<const ComparisonReport> reports, const ComparisonOptions& options);

/// "better", "worse" or "cannot tell", by the adjusted p; for costs better is lower.
std::string VerdictOn(double difference, bool higher_is_better, const std::optional<double>& adjusted_p,
                      double alpha);

}  // namespace vffn
