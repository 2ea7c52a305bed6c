// The connection of a sublayer (attention, FFN) to the residual stream.
#pragma once

#include <optional>
#include <utility>

#include "model/norm.h"

namespace vffn {

/// The stream after a sublayer f is x + multiplier * after(f(before(x))). Sublayers themselves know neither
/// norms nor the residual.
class ResidualConnection {
 public:
  struct Norms {
    std::optional<Norm> before;  ///< absent: the sublayer reads the stream itself
    std::optional<Norm> after;   ///< absent: its output joins the stream as it is
  };

  ResidualConnection(Norms norms, double multiplier) : norms_(std::move(norms)), multiplier_(multiplier) {}

  /// What the sublayer reads: [rows, d] to the same.
  at::Tensor Input(const at::Tensor& x) const { return norms_.before ? norms_.before->forward(x) : x; }

  const Norm* before() const { return norms_.before ? &*norms_.before : nullptr; }
  const Norm* after() const { return norms_.after ? &*norms_.after : nullptr; }

  /// How a kernel adds a sublayer's output to the stream, if there is no norm after it: y [rows, d] becomes
  /// the stream after it.
  kernels::OutputArgs Output(at::Tensor& y, const at::Tensor& stream, const float* bias) const {
    return {.y = y.mutable_data_ptr<float>(),
            .stride = y.stride(0),
            .bias = bias,
            .multiplier = static_cast<float>(multiplier_),
            .stream = stream.const_data_ptr<float>(),
            .stream_stride = stream.stride(0)};
  }

  /// The stream after the sublayer's output `y` is added to it. Both are [rows, d]. The sum may take the
  /// memory of `y`, which the caller does not use any more.
  at::Tensor Add(const at::Tensor& x, at::Tensor y) const {
    if (norms_.after) {
      y = norms_.after->forward(y);
    }
    if (multiplier_ != 1.0) {
      y.mul_(multiplier_);
    }
    return y.add_(x);
  }

 private:
  Norms norms_;
  double multiplier_;
};

}  // namespace vffn
