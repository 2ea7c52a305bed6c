// The projections that every FFN consists of.
#pragma once

#include <span>

#include "model/activation.h"
#include "model/linear.h"
#include "model/residual.h"

namespace vffn {

/// The activation phi of an FFN.
class ActivationFunction {
 public:
  explicit ActivationFunction(Activation activation) : activation_(activation) {}

  /// linear * phi(activated); phi(activated) if `linear` is undefined, with LibTorch's operators (kernels
  /// compute whole FFNs). Both are [rows, f].
  at::Tensor forward(const at::Tensor& activated, const at::Tensor& linear = {}) const;

  Activation kind() const { return activation_; }

 private:
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

  /// With kernels: the same for some rows of h, into the first rows of y, which may be h. `hidden` [rows, F]
  /// receives the hidden values; undefined: they are not kept.
  void StepRows(const at::Tensor& h, std::span<const int64_t> rows, const ResidualConnection& connection,
                at::Tensor& y, at::Tensor hidden = {}) const;

  /// With kernels: the same for the first m rows of x, in place.
  void StepInPlace(at::Tensor& x, int64_t m, const ResidualConnection& connection) const;

  int64_t hidden_size() const { return out_.inputs(); }  ///< F
  bool gated() const { return in_.outputs() != hidden_size(); }
  const Linear& in() const { return in_; }
  const Linear& out() const { return out_; }
  const ActivationFunction& activation() const { return activation_; }
  const kernels::Kernels* kernels() const { return kernels_; }  ///< null: LibTorch's operators

 private:
  at::Tensor ByTorch(const at::Tensor& x) const;
  /// With kernels: m rows, normalised first if there is a norm. `hidden` as MlpArgs::hidden.
  void Run(const at::Tensor& x, const int64_t* rows, int64_t m, const Norm* norm,
           const kernels::OutputArgs& output, float* hidden = nullptr) const;

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
