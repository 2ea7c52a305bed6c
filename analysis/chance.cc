#include "analysis/chance.h"

#include <vector>

#include "base/error.h"

namespace vffn {

std::optional<Estimate> CentredOnChance(std::span<const double> values, std::span<const double> chances,
                                        std::span<const int64_t> clusters) {
  VFFN_CHECK(values.size() == chances.size(), chances.size(), " chances for ", values.size(), " values");
  const double chance = MeanOf(chances).value;
  if (chance >= 1) {
    return std::nullopt;
  }
  Estimate centred{.value = (MeanOf(values).value - chance) / (1 - chance)};
  std::vector<double> deviations;
  for (size_t i = 0; i < values.size(); ++i) {
    deviations.push_back((values[i] - chances[i] - centred.value * (1 - chances[i])) / (1 - chance));
  }
  centred.standard_error = MeanOf(deviations, clusters).standard_error;
  return centred;
}

}  // namespace vffn
