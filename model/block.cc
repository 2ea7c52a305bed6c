#include "model/block.h"

#include <utility>

namespace vffn {
namespace {

/// Reads the norms of a layer's sublayers.
class ConnectionReader {
 public:
  ConnectionReader(const ModelConfig& config, const ReadParameter& read, const ComputeContext& context)
      : config_(config), read_(read), context_(context) {}

  /// Of the norms `before` and `after`, those that the model's placement has.
  ResidualConnection Read(const std::string& before, const std::string& after) const {
    ResidualConnection::Norms norms;
    if (config_.norm_placement != NormPlacement::kAfter) {
      norms.before = ReadNorm(read_, before, config_, context_);
    }
    if (config_.norm_placement != NormPlacement::kBefore) {
      norms.after = ReadNorm(read_, after, config_, context_);
    }
    return {std::move(norms), config_.residual_multiplier};
  }

  FfnConnections ReadOfFfn() const {
    const bool one_norm = config_.residual == Residual::kParallelOneNorm;
    FfnConnections connections{.ffn = Read(one_norm ? "attention_norm" : "ffn_norm", "ffn_post_norm")};
    if (config_.ffn.kind == FfnKind::kMoe) {
      connections.experts = Read("experts_norm", "experts_post_norm");
    }
    return connections;
  }

 private:
  const ModelConfig& config_;
  const ReadParameter& read_;
  const ComputeContext& context_;
};

}  // namespace

Block::Block(const ModelConfig& config, int64_t layer, const ReadParameter& read,
             const ComputeContext& context)
    : layer_(layer),
      residual_(config.residual),
      attention_connection_(
          ConnectionReader(config, read, context).Read("attention_norm", "attention_post_norm")),
      attention_(config, layer, read, context),
      ffn_connections_(ConnectionReader(config, read, context).ReadOfFfn()),
      ffn_(MakeFfn(config, layer, read, context)) {}

at::Tensor Block::forward(const at::Tensor& x, const AttentionPlan& plan, const ForwardPass& pass) const {
  at::Tensor h;  // [T, d] Eq. 1; undefined in parallel blocks
  FfnOutput output;
  if (residual_ == Residual::kSequential) {
    h = attention_.forward(x, attention_connection_, x, plan);
    output = ffn_->forward(h, ffn_connections_, pass);
  } else {
    output = ffn_->forward(x, ffn_connections_, pass);
    output.states = attention_.forward(x, attention_connection_, output.states, plan);
  }
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
