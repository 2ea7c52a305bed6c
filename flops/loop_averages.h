// The two averages the paper's FLOPs formula takes, and what they mean for the branches of an FFN.
#pragma once

#include <optional>
#include <span>

#include "model/config.h"
#include "model/executed_work.h"

namespace vffn {

/// Over (layer, token) pairs, all layers weighing the same.
struct LoopAverages {
  double mean_loops = 0;       ///< N_mean: mean loop count
  double share_below_max = 0;  ///< P: share of pairs whose loop count is below L_max

  bool operator==(const LoopAverages&) const = default;
};

/// Of histograms of loop counts, [L_max] each, of tokens or of shares (any positive multiple). Throws Error
/// if they are empty or a number is negative or not finite.
LoopAverages AveragesOf(std::span<const double> histogram);

/// Of what the layers decided; nothing if no loops were counted.
std::optional<LoopAverages> AveragesOf(std::span<const LayerDecisions> decisions);

/// Throws Error, beginning with `origin`, unless loop counts 1..L_max can have these averages: those below
/// L_max are 1 to L_max - 1, so N_mean lies between L_max - P (L_max - 1) and L_max - P.
void Validate(const LoopAverages& averages, int64_t max_loops, const std::string& origin);

/// Which parts of an FFN its configuration lets run. A branch whose weight is zero for every token does not,
/// nor do heads whose answer nobody asks for.
struct FfnParts {
  bool dense = false;      ///< the dense FFN, in a VersatileFFN the depth branch
  bool experts = false;    ///< router and routed experts, in a VersatileFFN the width branch
  bool loop_head = false;  ///< predicts loop counts
};
FfnParts PartsOf(const FfnConfig& config);

/// What one layer does with one token, on average.
struct FfnUse {
  double loops = 0;        ///< applications of the dense FFN
  double width_share = 0;  ///< share of tokens that are routed to experts

  bool operator==(const FfnUse&) const = default;
};

/// `averages` are needed where predicted loop counts decide (NeedsAverages), and are not looked at elsewhere.
FfnUse UseOf(const FfnConfig& config, const std::optional<LoopAverages>& averages);

/// Whether a token's loop count, and so its cost, depends on the token.
bool NeedsAverages(const FfnConfig& config);

}  // namespace vffn
