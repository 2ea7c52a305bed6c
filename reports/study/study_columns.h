// What the tables of a study have in common.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/study/study.h"
#include "reports/tables/table.h"

namespace vffn {

inline constexpr Style kStudyLoss = Decimals(4);
inline constexpr Style kStudyDifference = {.unit = {.decimals = 4}, .sign = true};
inline constexpr Style kStudyError = {.unit = {.decimals = 4}, .before = "± "};

/// The methods of a plan that have runs.
std::vector<std::string> MethodsOf(const Study& study, const StudyTablePlan& plan);

/// An empty table, named after the plan and a part of it.
Table StudyTable(const StudyTablePlan& plan, const std::string& part, const std::string& title,
                 std::vector<Column> columns);

// Of an estimate that may be absent.
std::optional<double> ValueOf(const std::optional<SeededEstimate>& estimate);
std::optional<double> ErrorOf(const std::optional<SeededEstimate>& estimate);

/// Four columns: a difference with its errors over what was measured (documents, questions) and over seeds.
std::vector<Column> DifferenceColumns(const std::string& title, const std::string& measured);
Row DifferenceCells(const std::optional<SeededEstimate>& difference);

template <class T>
void Extend(std::vector<T>& list, const std::vector<T>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

/// The mean over the runs for which `value` gives one.
template <class Value>
std::optional<double> MeanOver(const std::vector<const StudyRun*>& runs, Value&& value) {
  double sum = 0;
  int64_t count = 0;
  for (const StudyRun* run : runs) {
    if (const std::optional<double> x = value(*run)) {
      sum += *x;
      ++count;
    }
  }
  return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

}  // namespace vffn
