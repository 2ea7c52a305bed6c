#include "flops/expected_work.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace vffn {
namespace {

/// FLOPs of one layer, each by what there is one of. They are the same in all layers.
struct LayerCosts {
  int64_t projections;   ///< a token's
  int64_t visible_pair;  ///< a pair's
  int64_t loop;          ///< of one application of the dense FFN (the shared expert) to one token
  int64_t experts;       ///< all k of a routed token
  int64_t router;        ///< a routed token's, with the gate of a shared expert
  int64_t loop_head;     ///< a token's, 0 if the head does not run
};

LayerCosts CostsOf(const ModelConfig& config) {
  const FfnConfig& ffn = config.ffn;
  const int64_t d = config.d_model;
  const int64_t q = config.n_heads * config.head_size;
  const int64_t kv = config.n_kv_heads * config.head_size;
  return {.projections = 2 * (d * (q + 2 * kv) + q * d),
          .visible_pair = 4 * q,
          .loop = 2 * d * (config.FfnInRows() + config.ffn_hidden_size),
          .experts = 6 * d * ffn.expert_hidden_size * ffn.top_k,
          .router = 2 * d * (ffn.n_experts + (ffn.shared_expert_gate ? 1 : 0)),
          .loop_head = PartsOf(ffn).loop_head ? 2 * d * ffn.max_loops : 0};
}

int64_t HeadRowCost(const ModelConfig& config) { return 2 * config.d_model * config.vocab_size; }

/// How often a layer's parts ran, summed over tokens.
struct LayerUse {
  int64_t loops = 0;
  int64_t routed_tokens = 0;
};

LayerUse UseOfLayer(const FfnConfig& config, int64_t tokens, const LayerDecisions& decisions, int64_t layer) {
  const FfnParts parts = PartsOf(config);
  if (config.kind != FfnKind::kVersatile) {
    VFFN_CHECK(decisions == LayerDecisions{}, "layer ", layer, ": an FFN of kind ", NameOf(config.kind),
               " has decided something");
    const FfnUse use = UseOf(config, std::nullopt);  // whole numbers
    return {.loops = tokens * static_cast<int64_t>(use.loops), .routed_tokens = parts.experts ? tokens : 0};
  }
  LayerUse use{.routed_tokens = decisions.width_tokens};
  VFFN_CHECK(use.routed_tokens >= 0 && use.routed_tokens <= (parts.experts ? tokens : 0), "layer ", layer,
             ": ", use.routed_tokens, " tokens ran the width branch, of ", tokens, " tokens",
             parts.experts ? "" : ", of a model whose width branch does not run");
  VFFN_CHECK(decisions.reused_tokens >= 0 && decisions.reused_tokens <= use.routed_tokens, "layer ", layer,
             ": ", decisions.reused_tokens, " tokens reused hidden values in the width branch, which ",
             use.routed_tokens, " tokens ran");
  if (parts.dense) {
    const std::vector<int64_t>& histogram = decisions.loop_histogram;
    const int64_t counted = std::accumulate(histogram.begin(), histogram.end(), int64_t{0});
    VFFN_CHECK(static_cast<int64_t>(histogram.size()) == config.max_loops && counted == tokens, "layer ",
               layer, ": a histogram of ", histogram.size(), " loop counts has ", counted,
               " tokens; there were ", tokens, " tokens of up to ", config.max_loops, " loops");
    for (size_t i = 0; i < histogram.size(); ++i) {
      use.loops += static_cast<int64_t>(i + 1) * histogram[i];
    }
  }
  return use;
}

}  // namespace

WorkSize& WorkSize::operator+=(const WorkSize& other) {
  tokens += other.tokens;
  visible_pairs += other.visible_pairs;
  head_rows += other.head_rows;
  window_pairs += other.window_pairs;
  return *this;
}

ExecutedWork ExpectedWork(const ModelConfig& config, const WorkSize& size,
                          const std::vector<LayerDecisions>& decisions) {
  const LayerCosts costs = CostsOf(config);
  ExecutedWork work{.tokens = size.tokens, .output_head = size.head_rows * HeadRowCost(config)};
  work.decisions = decisions;
  if (decisions.empty() && config.ffn.kind != FfnKind::kVersatile) {
    work.decisions.resize(config.n_layers);
  }
  VFFN_CHECK(static_cast<int64_t>(work.decisions.size()) == config.n_layers, "decisions of ",
             work.decisions.size(), " layers, but the model has ", config.n_layers);
  for (const LayerDecisions& of_layer : work.decisions) {
    const auto layer = static_cast<int64_t>(work.layers.size());
    const LayerUse use = UseOfLayer(config.ffn, size.tokens, of_layer, layer);
    WorkFlops& flops = work.layers.emplace_back();
    flops[Work::kAttentionProjections] = size.tokens * costs.projections;
    flops[Work::kAttention] =
        (config.HasWindow(layer) ? size.window_pairs : size.visible_pairs) * costs.visible_pair;
    flops[Work::kFfn] = use.loops * costs.loop;
    flops[Work::kExperts] = use.routed_tokens * costs.experts;
    flops[Work::kRouting] = use.routed_tokens * costs.router + size.tokens * costs.loop_head;
  }
  return work;
}

int64_t ReusedFlops(const ModelConfig& config, const LayerDecisions& decisions) {
  return decisions.reused_tokens * CostsOf(config).experts / 3 * 2;
}

double MeanVisible(int64_t length, int64_t window) {
  const auto n = static_cast<double>(length);
  const double w = window == 0 ? n : std::min(n, static_cast<double>(window));
  return w - w * (w - 1) / (2 * n);  // w for each token, less what the first w - 1 tokens lack
}

double MeanFlops::total() const { return std::accumulate(flops.begin(), flops.end(), 0.0); }

MeanFlops ExpectedFlopsPerToken(const ModelConfig& config, const std::optional<LoopAverages>& averages,
                                int64_t length) {
  const LayerCosts costs = CostsOf(config);
  const FfnUse use = UseOf(config.ffn, averages);
  double pairs = 0;  // a token's, in all layers
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    pairs += MeanVisible(length, config.HasWindow(layer) ? config.window : 0);
  }
  const auto layers = static_cast<double>(config.n_layers);
  MeanFlops mean;
  const auto set = [&](Work work, double flops) { mean.flops[static_cast<size_t>(work)] = flops; };
  set(Work::kAttentionProjections, layers * static_cast<double>(costs.projections));
  set(Work::kAttention, pairs * static_cast<double>(costs.visible_pair));
  set(Work::kFfn, layers * use.loops * static_cast<double>(costs.loop));
  set(Work::kExperts, layers * use.width_share * static_cast<double>(costs.experts));
  set(Work::kRouting,
      layers * (use.width_share * static_cast<double>(costs.router) + static_cast<double>(costs.loop_head)));
  set(Work::kOutputHead, static_cast<double>(HeadRowCost(config)));
  return mean;
}

MeanFlops MeanOf(const WorkFlops& work, int64_t divisor) {
  MeanFlops mean;
  for (size_t i = 0; i < mean.flops.size(); ++i) {
    mean.flops[i] = static_cast<double>(work.flops[i]) / static_cast<double>(divisor);
  }
  return mean;
}

}  // namespace vffn
