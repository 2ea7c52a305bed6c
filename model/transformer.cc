#include "model/transformer.h"

#include <ATen/core/grad_mode.h>

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "model/parameters.h"

namespace vffn {
namespace {

/// Reads parameters by name as float32 tensors on the CPU. Thread safe.
class ParameterReader {
 public:
  explicit ParameterReader(const Checkpoint& checkpoint) : checkpoint_(checkpoint) {
    for (ParameterSpec& spec : ParameterSpecs(checkpoint.config())) {
      shapes_.emplace(std::move(spec.name), std::move(spec.shape));
    }
  }

  at::Tensor Read(const std::string& name) const {
    at::Tensor tensor = at::empty(shapes_.at(name), at::kFloat);
    checkpoint_.Read(name, {tensor.mutable_data_ptr<float>(), static_cast<size_t>(tensor.numel())});
    return tensor;
  }

 private:
  const Checkpoint& checkpoint_;
  std::map<std::string, std::vector<int64_t>> shapes_;
};

std::unique_ptr<Block> ReadBlock(const ParameterReader& reader, const ModelConfig& config, int64_t layer,
                                 const ComputeContext& context) {
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  return std::make_unique<Block>(
      config, layer, [&](const std::string& name) { return reader.Read(prefix + name); }, context);
}

}  // namespace

Transformer::Transformer(const Checkpoint& checkpoint, const ComputeOptions& options, int threads)
    : config_(checkpoint.config()),
      work_(std::make_unique<WorkCounter>(config_)),
      context_(options, *work_),
      ropes_(config_, context_.device),
      blocks_(config_.n_layers) {
  const ParameterReader reader(checkpoint);
  ParallelFor(config_.n_layers + 1, threads, [&](int64_t i) {
    if (i > 0) {
      blocks_[i - 1] = ReadBlock(reader, config_, i - 1, context_);
      return;
    }
    const at::Tensor embedding = reader.Read("embedding.weight");
    embedding_ = embedding.to(context_.device);
    if (config_.positions == Positions::kLearned) {
      position_embedding_ = reader.Read("position_embedding.weight").to(context_.device);
    }
    const auto read = [&](const std::string& name) { return reader.Read(name); };
    LinearParameters head{.weight = config_.tied_head ? embedding : reader.Read("head.weight")};
    if (config_.head_bias) {
      head.bias = reader.Read("head.bias");
    }
    head_ = std::make_unique<OutputHead>(config_, head, context_);
    final_norm_ = std::make_unique<Norm>(ReadNorm(read, "final_norm", config_, context_));
  });
}

at::Tensor Transformer::Embed(const PackedBatch& batch) const {
  for (const int32_t token : batch.tokens) {
    VFFN_CHECK(token >= 0 && token < config_.vocab_size, "token id ", token,
               " is outside the model's vocabulary of ", config_.vocab_size);
  }
  CheckPositions(batch.positions, config_.max_sequence_length);
  const at::Tensor tokens = at::tensor(batch.tokens, at::kInt).to(context_.device);
  at::Tensor x = embedding_.index_select(0, tokens);
  if (config_.embedding_multiplier != 1.0) {
    x.mul_(config_.embedding_multiplier);
  }
  if (position_embedding_.defined()) {
    const at::Tensor positions = at::tensor(batch.positions, at::kInt).to(context_.device);
    x.add_(position_embedding_.index_select(0, positions));
  }
  return x;
}

at::Tensor Transformer::forward(const ForwardPass& pass) const {
  const at::NoGradGuard no_grad;
  const PackedBatch& batch = *pass.batch;
  work_->AddTokens(batch.size());
  at::Tensor x = Embed(batch);  // [T, d]
  const AttentionPlan plan = PlanAttention(batch, config_, ropes_, context_);
  for (const std::unique_ptr<Block>& block : blocks_) {
    x = block->forward(x, plan, pass);
  }
  return final_norm_->forward(x);
}

}  // namespace vffn
