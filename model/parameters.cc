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
  void AddNorm(const std::string& name, int64_t size) {
    specs_.push_back(
        {.name = name + ".weight", .shape = {size}, .role = ParameterRole::kNorm, .initialisation = kOnes});
  }

  void AddLinear(ParameterRole role, const std::string& name, int64_t out, int64_t in, bool bias = false) {
    specs_.push_back({.name = name + ".weight", .shape = {out, in}, .role = role, .initialisation = kNormal});
    if (bias) {
      specs_.push_back(
          {.name = name + ".bias", .shape = {out}, .role = role, .is_bias = true, .initialisation = kZeros});
    }
  }

  std::vector<ParameterSpec> Take() { return std::move(specs_); }

 private:
  std::vector<ParameterSpec> specs_;
};

/// What a layer's FFN has beside the weights of the dense one.
void AddFfn(const ModelConfig& config, const std::string& prefix, SpecList& specs) {
  const FfnConfig& ffn = config.ffn;
  const int64_t d = config.d_model;
  if (ffn.kind == FfnKind::kMoe) {
    const int64_t hidden = ffn.n_experts * ffn.expert_hidden_size;
    specs.AddNorm(prefix + "experts_norm", d);
    specs.AddLinear(ParameterRole::kExpertsIn, prefix + "experts_in", 2 * hidden, d);
    specs.AddLinear(ParameterRole::kExpertsOut, prefix + "experts_out", d, hidden);
  }
  if (ffn.kind == FfnKind::kMoe || ffn.kind == FfnKind::kVersatile) {
    specs.AddLinear(ParameterRole::kRouter, prefix + "router", ffn.n_experts, d);
  }
  if (ffn.kind == FfnKind::kVersatile) {
    specs.AddLinear(ParameterRole::kLoopHead, prefix + "loop_head", ffn.max_loops, d);
  }
}

}  // namespace

int64_t ParameterSpec::elements() const { return ElementCount(shape); }

std::vector<ParameterSpec> ParameterSpecs(const ModelConfig& config) {
  const int64_t d = config.d_model;
  const int64_t hidden = config.ffn_hidden_size;
  const int64_t q_rows = config.n_heads * config.head_size;
  const int64_t kv_rows = config.n_kv_heads * config.head_size;
  SpecList specs;
  specs.AddLinear(ParameterRole::kEmbedding, "embedding", config.vocab_size, d);
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    const std::string prefix = "layers." + std::to_string(layer) + ".";
    specs.AddNorm(prefix + "attention_norm", d);
    specs.AddLinear(ParameterRole::kQkv, prefix + "qkv", q_rows + 2 * kv_rows, d, config.qkv_bias);
    specs.AddLinear(ParameterRole::kAttentionOut, prefix + "attention_out", d, q_rows,
                    config.attention_out_bias);
    specs.AddNorm(prefix + "ffn_norm", d);
    specs.AddLinear(ParameterRole::kFfnIn, prefix + "ffn_in", 2 * hidden, d, config.ffn_bias);
    specs.AddLinear(ParameterRole::kFfnOut, prefix + "ffn_out", d, hidden, config.ffn_bias);
    AddFfn(config, prefix, specs);
  }
  specs.AddNorm("final_norm", d);
  if (!config.tied_head) {
    specs.AddLinear(ParameterRole::kOutputHead, "head", config.vocab_size, d);
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
