#include "flops/loop_averages.h"

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"

namespace vffn {

LoopAverages AveragesOf(std::span<const double> histogram) {
  double tokens = 0, loops = 0;
  for (size_t i = 0; i < histogram.size(); ++i) {
    VFFN_CHECK(std::isfinite(histogram[i]) && histogram[i] >= 0, "a loop histogram holds ", histogram[i],
               ", should hold counts or shares, none negative");
    tokens += histogram[i];
    loops += static_cast<double>(i + 1) * histogram[i];
  }
  VFFN_CHECK(tokens > 0, "a loop histogram is empty");
  return {.mean_loops = loops / tokens, .share_below_max = (tokens - histogram.back()) / tokens};
}

std::optional<LoopAverages> AveragesOf(std::span<const LayerDecisions> decisions) {
  std::vector<double> sum;
  for (const LayerDecisions& layer : decisions) {
    sum.resize(std::max(sum.size(), layer.loop_histogram.size()));
    for (size_t i = 0; i < layer.loop_histogram.size(); ++i) {
      sum[i] += static_cast<double>(layer.loop_histogram[i]);
    }
  }
  for (const double count : sum) {
    if (count > 0) {
      return AveragesOf(sum);
    }
  }
  return std::nullopt;
}

void Validate(const LoopAverages& averages, int64_t max_loops, const std::string& origin) {
  const double share = averages.share_below_max;
  VFFN_CHECK(share >= 0 && share <= 1, origin, ": P, the share of tokens below the most loops, is ", share,
             ", should be 0 to 1");
  VFFN_CHECK(max_loops > 1 || share == 0, origin, ": P is ", share,
             ", but no loop count is below the most, 1");
  const double least = static_cast<double>(max_loops) - share * static_cast<double>(max_loops - 1);
  const double most = static_cast<double>(max_loops) - share;
  constexpr double kRounding = 1e-9;  // both are often given as rounded decimals of one histogram
  VFFN_CHECK(averages.mean_loops >= least - kRounding && averages.mean_loops <= most + kRounding, origin,
             ": a mean of ", averages.mean_loops, " loops is impossible with P = ", share, " and up to ",
             max_loops, " loops: it would be ", least, " to ", most);
}

FfnParts PartsOf(const FfnConfig& config) {
  switch (config.kind) {
    case FfnKind::kDense:
    case FfnKind::kKLoop:
      return {.dense = true};
    case FfnKind::kMoe:
    case FfnKind::kSparseMoe:
      return {.dense = true, .experts = true};
    case FfnKind::kVersatile:
      break;
  }
  const Probes& probes = config.probes;
  const bool both = probes.branches == Branches::kBoth;
  FfnParts parts;
  parts.dense = probes.branches == Branches::kDepth || (both && probes.lambda != 1.0);
  parts.experts = probes.branches == Branches::kWidth || (both && probes.lambda != 0.0);
  parts.loop_head = parts.dense && probes.loops == 0;
  return parts;
}

bool NeedsAverages(const FfnConfig& config) { return PartsOf(config).loop_head; }

FfnUse UseOf(const FfnConfig& config, const std::optional<LoopAverages>& averages) {
  const FfnParts parts = PartsOf(config);
  FfnUse use{.loops = parts.dense ? 1.0 : 0.0, .width_share = parts.experts ? 1.0 : 0.0};
  if (config.kind == FfnKind::kKLoop) {
    use.loops = static_cast<double>(config.probes.loops > 0 ? config.probes.loops : config.max_loops);
  }
  if (config.kind != FfnKind::kVersatile || !parts.dense) {
    return use;
  }
  VFFN_CHECK(averages.has_value() || !parts.loop_head,
             "what a VersatileFFN costs depends on its tokens: N_mean and P are needed");
  const int64_t forced = config.probes.loops;
  use.loops = forced > 0 ? static_cast<double>(forced) : averages->mean_loops;
  // A forced lambda runs the width branch of every token, and so does Eq. 12's lambda, which is never 0.
  const bool by_loops =
      config.probes.lambda == std::nullopt && (forced > 0 || config.expected_loops == Reading::kRelease);
  if (parts.experts && by_loops) {
    use.width_share = forced > 0 ? (forced < config.max_loops ? 1.0 : 0.0) : averages->share_below_max;
  }
  return use;
}

}  // namespace vffn
