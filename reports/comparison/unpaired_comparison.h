// Two models' published accuracies, without the questions behind them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/unpaired.h"
#include "base/json.h"
#include "runs/score_set.h"
#include "reports/tables/text_table.h"

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

/// Of the tasks in both; the others are in the notes. If there are no others, and both sides print an
/// average, that is the average compared: the claim as it was made. Throws Error if there are none, or if
/// both say which metric a task has and it is not the same.
UnpairedComparison CompareUnpaired(const ScoreSet& a, const ScoreSet& b, double alpha);

/// Holm, as AdjustForMultiplicity: all tasks are one family, all averages another.
void AdjustForMultiplicity(std::span<UnpairedComparison> comparisons);

/// A table for each; CSV one table.
std::string UnpairedTables(std::span<const UnpairedComparison> comparisons, double alpha, TableFormat format);
OrderedJson UnpairedJson(std::span<const UnpairedComparison> comparisons, double alpha);

/// "0.95"; "none needed" if the difference is significant between independent answers; "none suffices"; "-".
std::string NeededText(const std::optional<RequiredCorrelation>& needed);

}  // namespace vffn
