// Paired comparisons as tables.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/comparison.h"
#include "base/json.h"
#include "reports/tables/text_table.h"

namespace vffn {

/// b compared with the baseline a.
struct ComparisonReport {
  std::string a, b;  ///< names
  Comparison comparison;
  std::vector<std::string> notes;
};

/// Task, questions, both scores, difference ± error, questions gained and lost, interval, p, adjusted p,
/// smallest detectable difference in questions, verdict; last the average. Accuracies in percent.
TextTable ComparisonTable(const ComparisonReport& report, const ComparisonOptions& options);

/// What its columns mean.
std::vector<std::string> ComparisonNotes(const ComparisonOptions& options);

/// A table for each, with its notes, and what the columns mean. CSV: one table of all, fractions, absent
/// values empty.
std::string ComparisonTables(std::span<const ComparisonReport> reports, const ComparisonOptions& options,
                             TableFormat format);

/// Fractions; absent values are null.
OrderedJson ComparisonJson(std::span<const ComparisonReport> reports, const ComparisonOptions& options);

/// "better", "worse" or "cannot tell", by the adjusted p; for costs better is lower.
std::string VerdictOn(double difference, bool higher_is_better, const std::optional<double>& adjusted_p,
                      double alpha);

}  // namespace vffn
