// The projections that every FFN consists of.
#pragma once

#include "model/activation.h"
#include "model/linear.h"
#include "model/residual.h"

namespace vffn {

/// The activation phi of an FFN.
class ActivationFunction {
 public:
  ActivationFunction(Activation activation, const ComputeContext& context)
      : kernels_(context.kernels), activation_(activation) {}

  /// linear * phi(activated); phi(activated) if `linear` is undefined. Both are [rows, f] with equal row
  /// strides.
  at::Tensor forward(const at::Tensor& activated, const at::Tensor& linear = {}) const;

 private:
  const kernels::Kernels* kernels_;
  Activation activation_;
};

/// A gated FFN: [linear | activated] = in(x), out(linear * phi(activated)); SwiGLU if phi is silu (Eq. 2).
/// An FFN that is not gated: out(phi(in(x))).
class Mlp {
 public:
  /// `in` is [2F, d], rows of the linear half first, or [F, d] if not gated; `out` is [d, F].
  Mlp(Linear in, Linear out, ActivationFunction activation);

  /// W_out phi(W_proj x) of Eq. 2, without norm and residual: [rows, d] to [rows, d].
  at::Tensor forward(const at::Tensor& x) const;

  int64_t hidden_size() const { return out_.inputs(); }  ///< F
  bool gated() const { return in_.outputs() != hidden_size(); }
  const Linear& in() const { return in_; }
  const Linear& out() const { return out_; }
  const ActivationFunction& activation() const { return activation_; }

 private:
  Linear in_;
  Linear out_;
  ActivationFunction activation_;
};

/// F of Eq. 2: one application of an FFN to the residual stream. A view of its two parts.
struct FfnStep {
  const Mlp& ffn;
  const ResidualConnection& connection;

  /// [rows, d] to [rows, d].
  at::Tensor forward(const at::Tensor& h) const {
    return connection.Add(h, ffn.forward(connection.Input(h)));
  }
};

}  // namespace vffn
