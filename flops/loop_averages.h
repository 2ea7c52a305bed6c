// The two averages in the paper's FLOPs formula, and how often the parts of an FFN run.
#pragma once

#include <optional>
#include <span>

#include "model/config.h"
#include "model/executed_work.h"

namespace vffn {

/// Means over (layer, token) pairs; all layers have the same weight.
struct LoopAverages {
  double mean_loops = 0;       ///< N_mean: mean loop count
  double share_below_max = 0;  ///< P: share of pairs whose loop count is below L_max

  bool operator==(const LoopAverages&) const = default;
};

/// Of a histogram of loop counts [L_max], in tokens or in shares (any positive multiple). Throws Error if it
/// is empty or a number is negative or not finite.
LoopAverages AveragesOf(std::span<const double> histogram);

/// Of the decisions of all layers; absent if no loops were counted.
std::optional<LoopAverages> AveragesOf(std::span<const LayerDecisions> decisions);

/// Throws Error, beginning with `origin`, unless loop counts 1..L_max can have these averages: those below
/// L_max are 1 to L_max - 1, so N_mean lies between L_max - P (L_max - 1) and L_max - P.
void Validate(const LoopAverages& averages, int64_t max_loops, const std::string& origin);

/// Which parts of an FFN run under its configuration. A branch whose weight is zero for every token does not
/// run, and a head whose result nothing depends on does not run either.
struct FfnParts {
  /// The dense FFN; in a VersatileFFN the depth branch, in a sparse MoE the shared expert, if it has one.
  bool dense = false;
  bool experts = false;    ///< router and routed experts, in a VersatileFFN the width branch
  bool loop_head = false;  ///< predicts loop counts
};
FfnParts PartsOf(const FfnConfig& config);

/// The work of one layer on one token, on average.
struct FfnUse {
  double loops = 0;        ///< applications of the dense FFN
  double width_share = 0;  ///< share of tokens that are routed to experts

  bool operator==(const FfnUse&) const = default;
};

/// `averages` are needed where predicted loop counts decide (NeedsAverages), and ignored elsewhere.
FfnUse UseOf(const FfnConfig& config, const std::optional<LoopAverages>& averages);

/// Whether a token's loop count, and so its cost, depends on the token.
bool NeedsAverages(const FfnConfig& config);

}  // namespace vffn
