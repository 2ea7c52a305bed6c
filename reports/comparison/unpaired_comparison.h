// Two models' published accuracies, without the questions behind them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/unpaired.h"
#include "base/json_fwd.h"
#include "reports/comparison/comparison_table.h"
#include "reports/tables/table_text.h"
#include "runs/scores/score_set.h"

namespace vffn {

/// One task, or the average over them. Everything is b - a; fractions.
struct UnpairedScore {
  std::string task;  ///< "average" for the average
  double a = 0, b = 0;
  int64_t a_questions = 0, b_questions = 0;  ///< summed over tasks for the average
  std::optional<double> z, p, adjusted_p;    ///< as if the models' answers were independent
  /// For a paired test to find the difference. Absent if none would, or if the questions are not the same.
  std::optional<RequiredCorrelation> needed;
};

struct UnpairedComparison {
  std::string a, b;
  std::vector<UnpairedScore> tasks;
  std::optional<UnpairedScore> average;  ///< of two tasks or more
  std::vector<std::string> notes;
};

/// Compares the tasks that both have; the notes list the others. If there are no others and both sides print
/// an average, the printed averages are compared. Throws Error if no task is in both, or if both name a
/// task's metric and the names differ.
UnpairedComparison CompareUnpaired(const ScoreSet& a, const ScoreSet& b, double alpha);

/// Holm's adjustment, as for paired comparisons: all tasks are one family, all averages another.
void AdjustForMultiplicity(std::span<UnpairedComparison> comparisons);

/// The meaning of the columns, in their order; docs/statistics.md has the same words.
std::vector<ColumnMeaning> UnpairedMeanings();

/// A table for each comparison, then notes, with `explain` the meaning of the columns; CSV: one table of all.
std::string UnpairedTables(std::span<const UnpairedComparison> comparisons, double alpha, TableFormat format,
                           bool explain = true);
OrderedJson UnpairedJson(std::span<const UnpairedComparison> comparisons, double alpha);

/// "0.95"; "none needed" if the difference is significant between independent answers; "none suffices"; "-".
std::string NeededText(const std::optional<RequiredCorrelation>& needed);

}  // namespace vffn
