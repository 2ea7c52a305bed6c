#include "reports/study/study_columns.h"

#include <algorithm>
#include <iterator>

namespace vffn {

std::vector<std::string> MethodsOf(const Study& study, const StudyTablePlan& plan) {
  std::vector<std::string> methods;
  std::ranges::copy_if(plan.rows, std::back_inserter(methods),
                       [&](const std::string& method) { return !RunsOf(study, method).empty(); });
  return methods;
}

Table StudyTable(const StudyTablePlan& plan, const std::string& part, const std::string& title,
                 std::vector<Column> columns) {
  Table table(plan.name + "-" + part, std::move(columns));
  table.title = plan.title + ": " + title;
  return table;
}

std::optional<double> ValueOf(const std::optional<SeededEstimate>& estimate) {
  return estimate ? std::optional(estimate->mean.value) : std::nullopt;
}

std::optional<double> ErrorOf(const std::optional<SeededEstimate>& estimate) {
  return estimate ? estimate->mean.standard_error : std::nullopt;
}

std::vector<Column> DifferenceColumns(const std::string& title, const std::string& measured) {
  return {{"difference", title, kStudyDifference},
          {"difference_stderr", "over " + measured, kStudyError},
          {"difference_seed_deviation", "SD of seeds", kStudyLoss},
          {"difference_seed_interval", "95 % over seeds", kStudyError}};
}

Row DifferenceCells(const std::optional<SeededEstimate>& difference) {
  return MakeRow("difference", ValueOf(difference), "difference_stderr", ErrorOf(difference),
                 "difference_seed_deviation", difference ? difference->deviation() : std::optional<double>(),
                 "difference_seed_interval", difference ? difference->half_width() : std::optional<double>());
}

}  // namespace vffn
