#include "model/block.h"

#include <utility>

namespace vffn {
namespace {

ResidualConnection ReadConnection(const std::string& norm, const ModelConfig& config,
                                  const ReadParameter& read, const ComputeContext& context) {
  return ResidualConnection(RmsNorm(read(norm + ".weight"), config.norm_epsilon, context));
}

FfnConnections ReadConnections(const ModelConfig& config, const ReadParameter& read,
                               const ComputeContext& context) {
  FfnConnections connections{.ffn = ReadConnection("ffn_norm", config, read, context)};
  if (config.ffn.kind == FfnKind::kMoe) {
    connections.experts = ReadConnection("experts_norm", config, read, context);
  }
  return connections;
}

}  // namespace

Block::Block(const ModelConfig& config, int64_t layer, const ReadParameter& read,
             const ComputeContext& context)
    : layer_(layer),
      attention_connection_(ReadConnection("attention_norm", config, read, context)),
      attention_(config, ReadLinear(read, "qkv", config.qkv_bias),
                 ReadLinear(read, "attention_out", config.attention_out_bias), context, layer),
      ffn_connections_(ReadConnections(config, read, context)),
      ffn_(MakeFfn(config, layer, read, context)) {}

at::Tensor Block::forward(const at::Tensor& x, const AttentionPlan& plan, const ForwardPass& pass) const {
  const at::Tensor mixed = attention_.forward(attention_connection_.Input(x), plan);
  const at::Tensor h = attention_connection_.Add(x, mixed);  // [T, d] Eq. 1
  FfnOutput output = ffn_->forward(h, ffn_connections_, pass);
  if (pass.trace) {
    LayerTrace layer{.decisions = std::move(output.decisions), .branches = std::move(output.branches)};
    if (pass.wants_branches()) {
      layer.post_attention = h;
      layer.block_out = output.states;
    }
    pass.trace->Record(layer_, layer);
  }
  return output.states;
}

}  // namespace vffn
