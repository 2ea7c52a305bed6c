#include "reports/tables/accuracy_cells.h"

#include "analysis/wilson.h"

namespace vffn {

Cell AccuracyCell(const Estimate& accuracy, int64_t questions) {
  const auto interval = IntervalWithoutVariation(accuracy, questions);
  return interval ? Cell(accuracy).Shown(Cell(accuracy.value).Text(kPercent) + " " +
                                         Cell(*interval).Text(kPercent))
                  : Cell(accuracy);
}

Cell AccuracyErrorCell(const Estimate& accuracy, int64_t questions) {
  const auto interval = IntervalWithoutVariation(accuracy, questions);
  return interval ? Cell(std::nullopt).Shown(Cell(*interval).Text(kPercent))
                  : ErrorCell(accuracy).In(kPercent.unit);
}

Cell ErrorCell(const Estimate& estimate) {
  const std::optional<double>& error = estimate.standard_error;
  return !error ? Cell() : *error == 0 ? Cell(std::nullopt) : Cell(*error);
}

std::string WilsonNote() {
  return "[low, high]: 95 % Wilson interval, where all answers are right or all are wrong, so that there is "
         "no "
         "standard error; such a task adds 0 to the error of an average";
}

}  // namespace vffn
