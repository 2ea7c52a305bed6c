// The feed-forward network of a block, of any kind.
#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "model/ffn/ffn_output.h"
#include "model/forward_pass.h"
#include "model/residual.h"

namespace vffn {

/// How a block connects its FFN to the residual stream. The block owns the norms in it.
struct FfnConnections {
  ResidualConnection ffn;                     ///< of the dense FFN and of experts that are slices of it
  std::optional<ResidualConnection> experts;  ///< of experts with weights of their own (MoE)
};

/// Thread safe.
class Ffn {
 public:
  virtual ~Ffn() = default;

  /// `h` is the residual stream [T, d] that the FFN reads. Its output joins the stream through `connections`
  /// and nowhere else: once for a dense FFN (Eq. 2), once per loop where the FFN is applied repeatedly
  /// (Eq. 9), once per expert for virtual experts (Eq. 8). No kind of FFN contains a norm or a residual
  /// addition of its own.
  virtual FfnOutput forward(const at::Tensor& h, const FfnConnections& connections,
                            const ForwardPass& pass) const = 0;
};

}  // namespace vffn
