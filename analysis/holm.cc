#include "analysis/holm.h"

#include <algorithm>
#include <numeric>

namespace vffn {

std::vector<std::optional<double>> AdjustByHolm(std::span<const std::optional<double>> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return p_values[i].value_or(2); });
  std::vector<std::optional<double>> adjusted(p_values.size());
  double running = 0;
  for (size_t rank = 0; rank < order.size() && p_values[order[rank]]; ++rank) {
    const auto factor = static_cast<double>(order.size() - rank);
    running = std::max(running, std::min(1.0, factor * *p_values[order[rank]]));
    adjusted[order[rank]] = running;
  }
  return adjusted;
}

}  // namespace vffn
