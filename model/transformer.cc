#include "model/transformer.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/parallel.h"
#include "model/ffn/dense.h"

namespace vffn {
namespace {

/// Reads parameters by name as float32 tensors on the CPU.
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
  const auto norm = [&](const char* name) {
    return RmsNorm(reader.Read(prefix + name), config.norm_epsilon, context);
  };
  return std::make_unique<Block>(
      Block{.attention_norm = norm("attention_norm.weight"),
            .attention = Attention(config, reader.Read(prefix + "qkv.weight"),
                                   reader.Read(prefix + "attention_out.weight"), context),
            .ffn = std::make_unique<DenseFfn>(norm("ffn_norm.weight"), reader.Read(prefix + "ffn_in.weight"),
                                              reader.Read(prefix + "ffn_out.weight"), context)});
}

}  // namespace

Transformer::Transformer(const Checkpoint& checkpoint, const ComputeOptions& options, int threads)
    : config_(checkpoint.config()), context_(options), blocks_(config_.n_layers) {
  const ParameterReader reader(checkpoint);
  ParallelFor(config_.n_layers + 1, threads, [&](int64_t i) {
    const at::NoGradGuard no_grad;
    if (i > 0) {
      blocks_[i - 1] = ReadBlock(reader, config_, i - 1, context_);
      return;
    }
    const at::Tensor embedding = reader.Read("embedding.weight");
    embedding_ = embedding.to(context_.device);
    head_ = std::make_unique<Linear>(config_.tied_head ? embedding : reader.Read("head.weight"), context_);
    final_norm_ = std::make_unique<RmsNorm>(reader.Read("final_norm.weight"), config_.norm_epsilon, context_);
  });
}

at::Tensor Transformer::Embed(const std::vector<int32_t>& tokens) const {
  for (const int32_t token : tokens) {
    Check(token >= 0 && token < config_.vocab_size, "token id ", token,
          " is outside the model's vocabulary of ", config_.vocab_size);
  }
  const at::Tensor index = at::tensor(tokens, at::kInt).to(context_.device);
  return embedding_.index_select(0, index);
}

at::Tensor Transformer::forward(const PackedBatch& batch) const {
  const at::NoGradGuard no_grad;
  at::Tensor x = Embed(batch.tokens);  // [T, d]
  const AttentionPlan plan = blocks_.front()->attention.Plan(batch);
  for (const auto& block : blocks_) {
    x = block->attention.forward(block->attention_norm.forward(x), x, plan);
    x = block->ffn->forward(x);
  }
  return final_norm_->forward(x);
}

}  // namespace vffn
