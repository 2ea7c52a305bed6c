#include "model/parameters.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/random.h"

namespace vffn {
namespace {

constexpr Initialisation kZeros = {.kind = Initialisation::Kind::kZeros};
constexpr Initialisation kOnes = {.kind = Initialisation::Kind::kOnes};
constexpr Initialisation kNormal = {
    .kind = Initialisation::Kind::kTruncatedNormal, .deviation = 0.02, .cut = 3};

/// Collects specs; names are given without ".weight".
class SpecList {
 public:
  explicit SpecList(const ModelConfig& config) : config_(config) {}

  /// A norm of the residual stream.
  void AddNorm(const std::string& name) {
    AddNorm(name, config_.d_model, config_.norm_weight, config_.norm_bias);
  }

  void AddNorm(const std::string& name, int64_t size, bool weight, bool bias) {
    if (weight) {
      specs_.push_back(
          {.name = name + ".weight", .shape = {size}, .role = ParameterRole::kNorm, .initialisation = kOnes});
    }
    if (bias) {
      specs_.push_back({.name = name + ".bias",
                        .shape = {size},
                        .role = ParameterRole::kNorm,
                        .is_bias = true,
                        .initialisation = kZeros});
    }
  }

  void AddLinear(ParameterRole role, const std::string& name, int64_t out, int64_t in, bool bias = false) {
    specs_.push_back({.name = name + ".weight", .shape = {out, in}, .role = role, .initialisation = kNormal});
    if (bias) {
      AddBias(role, name, out);
    }
  }

  void AddBias(ParameterRole role, const std::string& name, int64_t out) {
    specs_.push_back(
        {.name = name + ".bias", .shape = {out}, .role = role, .is_bias = true, .initialisation = kZeros});
  }

  std::vector<ParameterSpec> Take() { return std::move(specs_); }

 private:
  const ModelConfig& config_;
  std::vector<ParameterSpec> specs_;
};

/// The norms of queries and keys.
void AddQkNorms(const ModelConfig& config, const std::string& prefix, SpecList& specs) {
  if (config.qk_norm == QkNorm::kNone) {
    return;
  }
  const bool shared = config.qk_norm == QkNorm::kHead;
  const int64_t size = config.head_size;
  specs.AddNorm(prefix + "q_norm", shared ? size : config.n_heads * size, config.qk_norm_weight,
                config.qk_norm_bias);
  specs.AddNorm(prefix + "k_norm", shared ? size : config.n_kv_heads * size, config.qk_norm_weight,
                config.qk_norm_bias);
}

void AddAttention(const ModelConfig& config, const std::string& prefix, SpecList& specs) {
  const int64_t q_rows = config.n_heads * config.head_size;
  const int64_t kv_rows = config.n_kv_heads * config.head_size;
  if (config.norm_placement != NormPlacement::kAfter) {
    specs.AddNorm(prefix + "attention_norm");
  }
  specs.AddLinear(ParameterRole::kQkv, prefix + "qkv", q_rows + 2 * kv_rows, config.d_model, config.qkv_bias);
  AddQkNorms(config, prefix, specs);
  specs.AddLinear(ParameterRole::kAttentionOut, prefix + "attention_out", config.d_model, q_rows,
                  config.attention_out_bias);
  if (config.norm_placement != NormPlacement::kBefore) {
    specs.AddNorm(prefix + "attention_post_norm");
  }
}

/// The dense FFN, or the shared expert.
void AddDense(const ModelConfig& config, const std::string& prefix, SpecList& specs) {
  if (config.norm_placement != NormPlacement::kAfter && config.residual != Residual::kParallelOneNorm) {
    specs.AddNorm(prefix + "ffn_norm");
  }
  if (config.ffn_hidden_size > 0) {
    specs.AddLinear(ParameterRole::kFfnIn, prefix + "ffn_in", config.FfnInRows(), config.d_model,
                    config.ffn_bias);
    specs.AddLinear(ParameterRole::kFfnOut, prefix + "ffn_out", config.d_model, config.ffn_hidden_size,
                    config.ffn_bias);
  }
  if (config.norm_placement != NormPlacement::kBefore) {
    specs.AddNorm(prefix + "ffn_post_norm");
  }
}

/// What a layer's FFN has beside the weights of the dense one.
void AddFfn(const ModelConfig& config, const std::string& prefix, SpecList& specs) {
  const FfnConfig& ffn = config.ffn;
  const int64_t d = config.d_model;
  if (ffn.kind == FfnKind::kMoe && config.norm_placement != NormPlacement::kAfter) {
    specs.AddNorm(prefix + "experts_norm");
  }
  if (ffn.kind == FfnKind::kMoe || ffn.kind == FfnKind::kSparseMoe) {
    const int64_t hidden = ffn.n_experts * ffn.expert_hidden_size;
    specs.AddLinear(ParameterRole::kExpertsIn, prefix + "experts_in", 2 * hidden, d);
    specs.AddLinear(ParameterRole::kExpertsOut, prefix + "experts_out", d, hidden);
  }
  if (ffn.kind == FfnKind::kMoe && config.norm_placement != NormPlacement::kBefore) {
    specs.AddNorm(prefix + "experts_post_norm");
  }
  if (HasExperts(ffn.kind)) {
    specs.AddLinear(ParameterRole::kRouter, prefix + "router", ffn.n_experts, d);
  }
  if (ffn.kind == FfnKind::kSparseMoe && ffn.shared_expert_gate) {
    specs.AddLinear(ParameterRole::kRouter, prefix + "shared_expert_gate", 1, d);
  }
  if (ffn.kind == FfnKind::kVersatile) {
    specs.AddLinear(ParameterRole::kLoopHead, prefix + "loop_head", ffn.max_loops, d);
  }
}

}  // namespace

int64_t ParameterSpec::elements() const { return ElementCount(shape); }

std::vector<ParameterSpec> ParameterSpecs(const ModelConfig& config) {
  const int64_t d = config.d_model;
  SpecList specs(config);
  specs.AddLinear(ParameterRole::kEmbedding, "embedding", config.vocab_size, d);
  if (config.positions == Positions::kLearned) {
    specs.AddLinear(ParameterRole::kEmbedding, "position_embedding", config.max_sequence_length, d);
  }
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    const std::string prefix = "layers." + std::to_string(layer) + ".";
    AddAttention(config, prefix, specs);
    AddDense(config, prefix, specs);
    AddFfn(config, prefix, specs);
  }
  specs.AddNorm("final_norm");
  if (!config.tied_head) {
    specs.AddLinear(ParameterRole::kOutputHead, "head", config.vocab_size, d);
  }
  if (config.head_bias) {
    specs.AddBias(ParameterRole::kOutputHead, "head", config.vocab_size);
  }
  return specs.Take();
}

int64_t ElementCount(std::span<const int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

int64_t ParameterCount(const ModelConfig& config) {
  int64_t count = 0;
  for (const ParameterSpec& spec : ParameterSpecs(config)) {
    count += spec.elements();
  }
  return count;
}

void Initialise(const ParameterSpec& parameter, uint64_t seed, std::span<float> out) {
  VFFN_CHECK(std::cmp_equal(out.size(), parameter.elements()), "parameter ", parameter.name, " has ",
             parameter.elements(), " elements, cannot be initialised in ", out.size());
  const Initialisation& initialisation = parameter.initialisation;
  switch (initialisation.kind) {
    case Initialisation::Kind::kZeros:
      std::ranges::fill(out, 0.0f);
      return;
    case Initialisation::Kind::kOnes:
      std::ranges::fill(out, 1.0f);
      return;
    case Initialisation::Kind::kTruncatedNormal: {
      Random random(seed, parameter.name);
      for (float& value : out) {
        value = static_cast<float>(initialisation.deviation * random.TruncatedNormal(initialisation.cut));
      }
      return;
    }
  }
}

}  // namespace vffn
