#include "flops/paper_formula.h"

namespace vffn {

int64_t BaseFfnFlops(const ModelConfig& config) {
  return config.n_layers * 2 * (config.gated ? 3 : 2) * config.d_model * config.ffn_hidden_size;
}

int64_t ExpertsFfnFlops(const ModelConfig& config) {
  return config.n_layers * 2 * 3 * config.d_model * config.ffn.expert_hidden_size * config.ffn.top_k;
}

std::optional<double> PaperFfnFlops(const ModelConfig& config, const std::optional<LoopAverages>& averages) {
  const auto base = static_cast<double>(BaseFfnFlops(config));
  const auto experts = static_cast<double>(ExpertsFfnFlops(config));
  const Probes& probes = config.ffn.probes;
  switch (config.ffn.kind) {
    case FfnKind::kDense:
      return base;
    case FfnKind::kMoe:
    case FfnKind::kSparseMoe:
      return base + experts;
    case FfnKind::kKLoop:
      return base * static_cast<double>(probes.loops > 0 ? probes.loops : config.ffn.max_loops);
    case FfnKind::kVersatile:
      break;
  }
  if (probes.branches != Branches::kBoth || probes.lambda) {
    return std::nullopt;
  }
  if (probes.loops > 0) {
    return base * static_cast<double>(probes.loops) + (probes.loops < config.ffn.max_loops ? experts : 0.0);
  }
  if (!averages) {
    return std::nullopt;
  }
  return base * averages->mean_loops + experts * averages->share_below_max;  // Base N_mean + (MoE - Base) P
}

}  // namespace vffn
