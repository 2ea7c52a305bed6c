// The SwiGLU projections that every FFN consists of.
#pragma once

#include "model/linear.h"
#include "model/residual.h"

namespace vffn {

/// linear * silu(activated), the activation phi of Eq. 2. Both are [rows, f] with equal row strides.
at::Tensor SiluProduct(const at::Tensor& linear, const at::Tensor& activated,
                       const kernels::Kernels* kernels);

/// [linear | activated] = in(x); returns out(linear * silu(activated)).
class SwiGlu {
 public:
  /// `in` is [2F, d], rows of the linear half first; `out` is [d, F].
  SwiGlu(Linear in, Linear out, const ComputeContext& context);

  /// W_out phi(W_proj x) of Eq. 2, without norm and residual: [rows, d] to [rows, d].
  at::Tensor forward(const at::Tensor& x) const;

  int64_t hidden_size() const { return out_.inputs(); }  ///< F
  const Linear& in() const { return in_; }
  const Linear& out() const { return out_; }

 private:
  const kernels::Kernels* kernels_;
  Linear in_;
  Linear out_;
};

/// F of Eq. 2: one application of an FFN to the residual stream. A view of its two parts.
struct FfnStep {
  const SwiGlu& ffn;
  const ResidualConnection& connection;

  /// [rows, d] to [rows, d].
  at::Tensor forward(const at::Tensor& h) const {
    return connection.Add(h, ffn.forward(connection.Input(h)));
  }
};

}  // namespace vffn
