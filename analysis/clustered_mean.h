// Means over tokens with standard errors clustered by document.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/estimate.h"

namespace vffn {

/// The means of two quantities over the tokens of docs, and of their linear combinations. The documents were
/// sampled, not the tokens: with D_g the sum of the deviations of doc g's tokens from the mean, the variance
/// is G / (G - 1) * sum of D_g^2 / tokens^2 over G docs (a ratio estimator, linearised).
class ClusteredMeans {
 public:
  /// Adds a doc: its tokens, and the sums of both quantities over them. A doc with
  /// neither does not count.
  void Add(double tokens, double x, double y = 0);

  double tokens() const { return tokens_; }
  int64_t docs() const { return docs_; }

  /// Of a x + b y; absent without tokens. No error for one doc, or if nothing varies.
  std::optional<Estimate> Of(double a, double b) const;

 private:
  int64_t docs_ = 0;
  double tokens_ = 0, x_ = 0, y_ = 0;
  double tokens_tokens_ = 0, tokens_x_ = 0, tokens_y_ = 0, x_x_ = 0, x_y_ = 0, y_y_ = 0;
};

}  // namespace vffn
