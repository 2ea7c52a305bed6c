#include "analysis/clustered_mean.h"

#include <cmath>

namespace vffn {

void ClusteredMeans::Add(double tokens, double x, double y) {
  if (tokens <= 0 && x == 0 && y == 0) {
    return;
  }
  ++docs_;
  tokens_ += tokens;
  x_ += x;
  y_ += y;
  tokens_tokens_ += tokens * tokens;
  tokens_x_ += tokens * x;
  tokens_y_ += tokens * y;
  x_x_ += x * x;
  x_y_ += x * y;
  y_y_ += y * y;
}

std::optional<Estimate> ClusteredMeans::Of(double a, double b) const {
  if (tokens_ <= 0) {
    return std::nullopt;
  }
  Estimate mean{.value = (a * x_ + b * y_) / tokens_};
  if (docs_ < 2) {
    return mean;
  }
  const double squares = a * a * x_x_ + 2 * a * b * x_y_ + b * b * y_y_;
  const double sum =
      squares - 2 * mean.value * (a * tokens_x_ + b * tokens_y_) + mean.value * mean.value * tokens_tokens_;
  constexpr double kRounding = 1e-11;  // of sums that cancel
  if (sum > kRounding * squares) {
    const auto docs = static_cast<double>(docs_);
    mean.standard_error = std::sqrt(docs / (docs - 1) * sum) / tokens_;
  }
  return mean;
}

}  // namespace vffn
