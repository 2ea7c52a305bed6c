#include "analysis/power.h"

#include <cmath>

#include "analysis/distributions.h"
#include "base/error.h"

namespace vffn {
namespace {

double QuantileOfAlpha(const PowerOptions& options) { return -NormalQuantile(options.alpha / 2); }

void CheckDiscordance(double discordance) {
  VFFN_CHECK(discordance >= 0 && discordance <= 1, "a share of changed questions of ", discordance);
}

}  // namespace

double DetectableErrors(const PowerOptions& options) {
  return NormalQuantile(options.power) - NormalQuantile(options.alpha / 2);
}

std::optional<double> DetectableDifference(double questions, double discordance,
                                           const PowerOptions& options) {
  CheckDiscordance(discordance);
  VFFN_CHECK(questions > 0, "the power of a test over ", questions, " questions");
  const double z_alpha = QuantileOfAlpha(options);
  const double z_power = NormalQuantile(options.power);
  const auto excess = [&](double d) {
    return std::sqrt(questions) * d - z_alpha * std::sqrt(discordance) -
           z_power * std::sqrt(std::max(0.0, discordance - d * d));
  };
  // No difference is above the share of questions that change.
  if (excess(discordance) < 0 || discordance == 0) {
    return std::nullopt;
  }
  double low = 0;
  double high = discordance;
  for (double middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
    (excess(middle) < 0 ? low : high) = middle;
  }
  return high;
}

double DetectableAverageDifference(std::span<const int64_t> questions, double discordance,
                                   const PowerOptions& options) {
  CheckDiscordance(discordance);
  VFFN_CHECK(!questions.empty(), "the power of an average over no tasks");
  double sum = 0;
  for (const int64_t n : questions) {
    VFFN_CHECK(n > 0, "the power of a test over ", n, " questions");
    sum += 1 / static_cast<double>(n);
  }
  return (QuantileOfAlpha(options) + NormalQuantile(options.power)) * std::sqrt(discordance * sum) /
         static_cast<double>(questions.size());
}

}  // namespace vffn
