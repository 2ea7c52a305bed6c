#include "flops/parameter_groups.h"

#include <numeric>
#include <string>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

constexpr std::array<std::string_view, kParameterGroups> kNames = {
    "embedding", "attention", "norms", "ffn", "experts", "router", "loop_head", "output_head"};

/// By the name of a parameter without "layers.{i}." and ".weight".
constexpr std::array<std::pair<std::string_view, ParameterGroup>, 14> kGroups = {{
    {"embedding", ParameterGroup::kEmbedding},
    {"attention_norm", ParameterGroup::kNorms},
    {"qkv", ParameterGroup::kAttention},
    {"attention_out", ParameterGroup::kAttention},
    {"ffn_norm", ParameterGroup::kNorms},
    {"ffn_in", ParameterGroup::kFfn},
    {"ffn_out", ParameterGroup::kFfn},
    {"experts_norm", ParameterGroup::kNorms},
    {"experts_in", ParameterGroup::kExperts},
    {"experts_out", ParameterGroup::kExperts},
    {"router", ParameterGroup::kRouter},
    {"loop_head", ParameterGroup::kLoopHead},
    {"final_norm", ParameterGroup::kNorms},
    {"head", ParameterGroup::kOutputHead},
}};

ParameterGroup GroupOf(std::string_view parameter) {
  std::string_view name = parameter.substr(0, parameter.rfind('.'));
  name.remove_prefix(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
  for (const auto& [known, group] : kGroups) {
    if (known == name) {
      return group;
    }
  }
  Fail("the parameter ", parameter, " belongs to no group");
}

}  // namespace

std::string_view NameOf(ParameterGroup group) { return kNames[static_cast<size_t>(group)]; }

int64_t ParameterCounts::total() const { return std::accumulate(counts.begin(), counts.end(), int64_t{0}); }

ParameterCounts CountParameters(const ModelConfig& config) {
  ParameterCounts counts;
  for (const ParameterSpec& spec : ParameterSpecs(config)) {
    counts.counts[static_cast<size_t>(GroupOf(spec.name))] +=
        std::accumulate(spec.shape.begin(), spec.shape.end(), int64_t{1}, std::multiplies<>());
  }
  return counts;
}

}  // namespace vffn
