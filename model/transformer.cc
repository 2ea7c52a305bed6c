#include "model/transformer.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "model/cuda_device.h"
#include "model/parameters.h"
#include "model/weight_packing.h"

namespace vffn {
namespace {

/// A checkpoint's parameters by name. Thread safe.
class ParameterReader {
 public:
  ParameterReader(const Checkpoint& checkpoint, WeightPacking& packing)
      : checkpoint_(checkpoint), packing_(packing) {
    for (ParameterSpec& spec : ParameterSpecs(checkpoint.config())) {
      std::string name = spec.name;
      specs_.emplace(std::move(name), std::move(spec));
    }
  }

  Parameter Find(const std::string& name) const { return {checkpoint_, specs_.at(name), packing_}; }

  /// Those whose names begin so.
  ReadParameter Under(const std::string& prefix) const {
    return [this, prefix](const std::string& name) { return Find(prefix + name); };
  }

 private:
  const Checkpoint& checkpoint_;
  WeightPacking& packing_;
  std::map<std::string, ParameterSpec> specs_;
};

/// The embedding [V, d], as bfloat16 if that changes no value.
at::Tensor ReadEmbedding(const Checkpoint& checkpoint, int threads) {
  const ModelConfig& config = checkpoint.config();
  const std::shared_ptr<const MatrixRows> rows = checkpoint.Rows("embedding.weight");
  const int64_t d = config.d_model;
  at::Tensor embedding =
      at::empty({config.vocab_size, d}, rows->fits_bfloat16() ? at::kBFloat16 : at::kFloat);
  constexpr int64_t kRows = 256;  // at once
  ParallelFor((config.vocab_size + kRows - 1) / kRows, threads, [&](int64_t i) {
    const int64_t first = i * kRows;
    const int64_t count = std::min(kRows, config.vocab_size - first);
    at::Tensor part = embedding.narrow(0, first, count);
    if (part.scalar_type() == at::kFloat) {
      rows->Read(first, count, d, part.mutable_data_ptr<float>());
      return;
    }
    std::vector<float> values(static_cast<size_t>(count * d));
    rows->Read(first, count, d, values.data());
    std::ranges::copy(values, part.mutable_data_ptr<at::BFloat16>());
  });
  return embedding;
}

}  // namespace

Transformer::Transformer(const Checkpoint& checkpoint, const ComputeOptions& options, int threads)
    : config_(checkpoint.config()),
      work_(std::make_unique<WorkCounter>(config_)),
      context_(options, *work_),
      ropes_(config_, context_.device),
      blocks_(config_.n_layers) {
  WeightPacking packing;
  const ParameterReader reader(checkpoint, packing);
  const ReadParameter read = reader.Under("");
  ParallelFor(config_.n_layers, threads, [&](int64_t layer) {
    const std::string prefix = "layers." + std::to_string(layer) + ".";
    blocks_[layer] = std::make_unique<Block>(config_, layer, reader.Under(prefix), context_);
  });
  const LinearParameters head{.weight = read(config_.tied_head ? "embedding.weight" : "head.weight"),
                              .bias = config_.head_bias ? read("head.bias").Read() : at::Tensor()};
  head_ = std::make_unique<OutputHead>(config_, head, context_);
  final_norm_ = std::make_unique<Norm>(ReadNorm(read, "final_norm", config_, context_));
  if (config_.positions == Positions::kLearned) {
    position_embedding_ = read("position_embedding.weight").Read().to(context_.device);
  }
  embedding_ = ReadEmbedding(checkpoint, threads).to(context_.device);
  packing.Run(threads);
  Synchronise(context_.device);  // other streams will read the weights
}

at::Tensor Transformer::Embed(const PackedBatch& batch) const {
  for (const int32_t token : batch.tokens) {
    VFFN_CHECK(token >= 0 && token < config_.vocab_size, "token id ", token,
               " is outside the model's vocabulary of ", config_.vocab_size);
  }
  CheckPositions(batch.positions, config_.max_sequence_length);
  const at::Tensor tokens = at::tensor(batch.tokens, at::kInt).to(context_.device);
  at::Tensor x = embedding_.index_select(0, tokens).to(at::kFloat);
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
