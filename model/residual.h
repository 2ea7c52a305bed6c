// The connection of a sublayer (attention, FFN) to the residual stream.
#pragma once

#include <utility>

#include "model/norm.h"

namespace vffn {

/// Pre-norm: the sublayer f reads norm(x), and x + f(norm(x)) is the stream after it. Sublayers themselves
/// know neither norm nor residual, so another kind of connection changes this class alone:
///   post-norm (OLMo2's norm_after): Input returns x, Add returns x + norm(y);
///   scaled residual: Add returns x + scale * y.
class ResidualConnection {
 public:
  explicit ResidualConnection(RmsNorm norm) : norm_(std::move(norm)) {}

  /// What the sublayer reads: [rows, d] to the same.
  at::Tensor Input(const at::Tensor& x) const { return norm_.forward(x); }

  /// The stream after the sublayer's output `y` is added to it. Both are [rows, d]. The sum takes the memory
  /// of `y`.
  at::Tensor Add(const at::Tensor& x, at::Tensor y) const { return y.add_(x); }

 private:
  RmsNorm norm_;
};

}  // namespace vffn
