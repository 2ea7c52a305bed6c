// One block of the decoder: attention and FFN, and how they join the residual stream.
#pragma once

#include <ATen/ATen.h>

#include <memory>

#include "model/attention.h"
#include "model/ffn/factory.h"
#include "model/ffn/ffn.h"
#include "model/residual.h"

namespace vffn {

/// Sequential: h = x + attention(norm(x)) (Eq. 1), then the FFN on h. Parallel: the FFN on x, then
/// attention(norm(x)) is added. The block alone decides in which order the sublayers read and write the
/// stream; where norms stand and how outputs are scaled is up to ResidualConnection.
class Block {
 public:
  /// Reads the parameters of a layer.
  Block(const ModelConfig& config, int64_t layer, const ReadParameter& read, const ComputeContext& context);

  /// The residual stream after the block: [T, d] float32 to the same. Hands the trace of the pass, if there
  /// is one, what the layer computed.
  at::Tensor forward(const at::Tensor& x, const AttentionPlan& plan, const ForwardPass& pass) const;

 private:
  int64_t layer_;
  Residual residual_;
  ResidualConnection attention_connection_;
  Attention attention_;
  FfnConnections ffn_connections_;
  std::unique_ptr<Ffn> ffn_;
};

}  // namespace vffn
