// The SwiGLU FFN.
#pragma once

#include "model/ffn/ffn.h"
#include "model/linear.h"
#include "model/norm.h"

namespace vffn {

/// x + ffn_out(up * silu(gate)), [up | gate] = ffn_in(norm(x)).
class DenseFfn : public Ffn {
 public:
  /// `in` is [2F, d], up rows first; `out` is [d, F].
  DenseFfn(RmsNorm norm, const at::Tensor& in, const at::Tensor& out, const ComputeContext& context);

  at::Tensor forward(const at::Tensor& x) const override;

 private:
  const kernels::Kernels* kernels_;
  RmsNorm norm_;
  Linear in_;
  Linear out_;
};

}  // namespace vffn
