// Means over tokens whose docs were drawn, not the tokens.
#pragma once

#include <cstdint>
#include <optional>

namespace vffn {

struct ClusteredMean {
  double value = 0;
  std::optional<double> standard_error;  ///< absent for one doc, or if nothing varies
};

/// The means of two quantities over the tokens of docs, and of what is linear in them. Tokens of a doc belong
/// together: with D_g the sum of what a doc's tokens lie above the mean, the variance is
/// G / (G - 1) * sum of D_g^2 / tokens^2 over G docs (a ratio estimator, linearised).
class ClusteredMeans {
 public:
  /// Of one doc: tokens, and the sums of both quantities over them. A doc without tokens is none.
  void Add(double tokens, double x, double y = 0);

  double tokens() const { return tokens_; }
  int64_t docs() const { return docs_; }

  /// Of a x + b y; absent without tokens.
  std::optional<ClusteredMean> Of(double a, double b) const;

 private:
  int64_t docs_ = 0;
  double tokens_ = 0, x_ = 0, y_ = 0;
  double tokens_tokens_ = 0, tokens_x_ = 0, tokens_y_ = 0, x_x_ = 0, x_y_ = 0, y_y_ = 0;
};

}  // namespace vffn
