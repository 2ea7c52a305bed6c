#include "runs/scores/choice_margin.h"

#include <algorithm>

namespace vffn {

std::optional<double> ChoiceMargin(const std::vector<double>& values, size_t gold) {
  std::optional<double> best_other;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i != gold) {
      best_other = std::max(best_other.value_or(values[i]), values[i]);
    }
  }
  return values.size() < 2 ? std::nullopt : std::optional(values.at(gold) - *best_other);
}

}  // namespace vffn
