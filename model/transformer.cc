#include "model/transformer.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <mutex>

#include "base/error.h"
#include "base/parallel.h"
#include "model/ffn/factory.h"

namespace vffn {
namespace {

/// Reads parameters by name as float32 tensors: on the CPU, or of a trainable model on its device. Thread
/// safe.
class ParameterReader {
 public:
  ParameterReader(const Checkpoint& checkpoint, const ComputeContext& context,
                  std::map<std::string, at::Tensor>& trainable)
      : checkpoint_(checkpoint), context_(context), trainable_(trainable) {
    for (ParameterSpec& spec : ParameterSpecs(checkpoint.config())) {
      shapes_.emplace(std::move(spec.name), std::move(spec.shape));
    }
  }

  at::Tensor Read(const std::string& name) const {
    at::Tensor tensor = at::empty(shapes_.at(name), at::kFloat);
    checkpoint_.Read(name, {tensor.mutable_data_ptr<float>(), static_cast<size_t>(tensor.numel())});
    if (context_.trainable) {
      tensor = tensor.to(context_.device).requires_grad_();
      const std::lock_guard lock(mutex_);
      trainable_.emplace(name, tensor);
    }
    return tensor;
  }

 private:
  const Checkpoint& checkpoint_;
  const ComputeContext& context_;
  std::map<std::string, at::Tensor>& trainable_;
  std::map<std::string, std::vector<int64_t>> shapes_;
  mutable std::mutex mutex_;
};

std::unique_ptr<Block> ReadBlock(const ParameterReader& reader, const ModelConfig& config, int64_t layer,
                                 const ComputeContext& context) {
  const auto read = [&, prefix = "layers." + std::to_string(layer) + "."](const std::string& name) {
    return reader.Read(prefix + name);
  };
  return std::make_unique<Block>(
      Block{.attention_norm = RmsNorm(read("attention_norm.weight"), config.norm_epsilon, context),
            .attention = Attention(config, read("qkv.weight"), read("attention_out.weight"), context, layer),
            .ffn = MakeFfn(config, layer, read, context)});
}

}  // namespace

Transformer::Transformer(const Checkpoint& checkpoint, const ComputeOptions& options, int threads)
    : config_(checkpoint.config()),
      work_(std::make_unique<WorkCounter>(config_)),
      context_(options, *work_),
      blocks_(config_.n_layers) {
  VFFN_CHECK(!options.trainable || !config_.ffn.probes.shuffle_loops,
             "shuffle_loops is a control for trained models: there is no training with it");
  const ParameterReader reader(checkpoint, context_, parameters_);
  ParallelFor(config_.n_layers + 1, threads, [&](int64_t i) {
    const at::NoGradGuard no_grad;
    if (i > 0) {
      blocks_[i - 1] = ReadBlock(reader, config_, i - 1, context_);
      return;
    }
    const at::Tensor embedding = reader.Read("embedding.weight");
    embedding_ = embedding.to(context_.device);
    head_ = std::make_unique<Linear>(config_.tied_head ? embedding : reader.Read("head.weight"), context_,
                                     work_->flops(0, Work::kOutputHead));
    final_norm_ = std::make_unique<RmsNorm>(reader.Read("final_norm.weight"), config_.norm_epsilon, context_);
  });
}

at::Tensor Transformer::Embed(const std::vector<int32_t>& tokens) const {
  for (const int32_t token : tokens) {
    VFFN_CHECK(token >= 0 && token < config_.vocab_size, "token id ", token,
               " is outside the model's vocabulary of ", config_.vocab_size);
  }
  const at::Tensor index = at::tensor(tokens, at::kInt).to(context_.device);
  return embedding_.index_select(0, index);
}

at::Tensor Transformer::forward(const ForwardPass& pass) const {
  const at::AutoGradMode gradients(pass.training != nullptr);
  const PackedBatch& batch = *pass.batch;
  const bool trace_blocks = pass.trace && pass.trace->detail() == TraceDetail::kBranches;
  work_->AddTokens(batch.size());
  at::Tensor x = Embed(batch.tokens);  // [T, d]
  const AttentionPlan plan = blocks_.front()->attention.Plan(batch);
  for (int64_t layer = 0; layer < config_.n_layers; ++layer) {
    const Block& block = *blocks_[layer];
    x = block.attention.forward(block.attention_norm.forward(x), x, plan);
    if (trace_blocks) {
      pass.trace->Record(layer, "post_attn", x);
    }
    x = block.ffn->forward(x, pass);
    if (trace_blocks) {
      pass.trace->Record(layer, "block_out", x);
    }
  }
  return final_norm_->forward(x);
}

}  // namespace vffn
