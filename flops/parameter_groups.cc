#include "flops/parameter_groups.h"

#include <numeric>

#include "base/error.h"
#include "model/parameters.h"

namespace vffn {
namespace {

constexpr std::array<std::string_view, kParameterGroups> kNames = {
    "embedding", "attention", "norms", "ffn", "experts", "router", "loop_head", "output_head"};

ParameterGroup GroupOf(ParameterRole role) {
  switch (role) {
    case ParameterRole::kEmbedding:
      return ParameterGroup::kEmbedding;
    case ParameterRole::kNorm:
      return ParameterGroup::kNorms;
    case ParameterRole::kQkv:
    case ParameterRole::kAttentionOut:
      return ParameterGroup::kAttention;
    case ParameterRole::kFfnIn:
    case ParameterRole::kFfnOut:
      return ParameterGroup::kFfn;
    case ParameterRole::kExpertsIn:
    case ParameterRole::kExpertsOut:
      return ParameterGroup::kExperts;
    case ParameterRole::kRouter:
      return ParameterGroup::kRouter;
    case ParameterRole::kLoopHead:
      return ParameterGroup::kLoopHead;
    case ParameterRole::kOutputHead:
      return ParameterGroup::kOutputHead;
  }
  Fail("an enumeration holds ", static_cast<int>(role));
}

}  // namespace

std::string_view NameOf(ParameterGroup group) { return kNames[static_cast<size_t>(group)]; }

int64_t ParameterCounts::total() const { return std::accumulate(counts.begin(), counts.end(), int64_t{0}); }

ParameterCounts CountParameters(const ModelConfig& config) {
  ParameterCounts counts;
  for (const ParameterSpec& spec : ParameterSpecs(config)) {
    counts.counts[static_cast<size_t>(GroupOf(spec.role))] += spec.elements();
  }
  return counts;
}

ParameterCounts CountActiveParameters(const ModelConfig& config) {
  ParameterCounts counts = CountParameters(config);
  int64_t& experts = counts.counts[static_cast<size_t>(ParameterGroup::kExperts)];
  if (experts > 0) {
    experts = experts / config.ffn.n_experts * config.ffn.top_k;  // all experts have the same size
  }
  return counts;
}

}  // namespace vffn
