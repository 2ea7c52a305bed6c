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

  Activation kind() const { return activation_; }

 private:
  const kernels::Kernels* kernels_;
  Activation activation_;
};

/// A gated FFN: [linear | activated] = in(x), out(linear * phi(activated)); SwiGLU if phi is silu (Eq. 2).
/// An FFN that is not gated: out(phi(in(x))).
class Mlp {
 public:
  /// `in` is [2F, d] in two parts, rows of the linear half first, or [F, d] if not gated; `out` is [d, F].
  Mlp(Linear in, Linear out, ActivationFunction activation, const ComputeContext& context);

  /// W_out phi(W_proj x) of Eq. 2, without norm and residual: [rows, d] to [rows, d].
  at::Tensor forward(const at::Tensor& x) const;

  /// F of Eq. 2: one application to the residual stream, [rows, d] to [rows, d].
  at::Tensor Step(const at::Tensor& h, const ResidualConnection& connection) const;

  int64_t hidden_size() const { return out_.inputs(); }  ///< F
  bool gated() const { return in_.outputs() != hidden_size(); }
  const Linear& in() const { return in_; }
  const Linear& out() const { return out_; }
  const ActivationFunction& activation() const { return activation_; }

 private:
  at::Tensor ByTorch(const at::Tensor& x) const;
  /// With kernels: `norm` (null: none) normalises the rows of x first.
  void Run(const at::Tensor& x, const Norm* norm, const kernels::OutputArgs& output) const;

  Linear in_;
  Linear out_;
  ActivationFunction activation_;
  const kernels::Kernels* kernels_;
};

/// F of Eq. 2 as one argument. A view of its two parts.
struct FfnStep {
  const Mlp& ffn;
  const ResidualConnection& connection;

  /// [rows, d] to [rows, d].
  at::Tensor forward(const at::Tensor& h) const { return ffn.Step(h, connection); }
};

}  // namespace vffn
