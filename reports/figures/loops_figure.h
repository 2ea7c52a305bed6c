// Figure 4: depth-branch loops per layer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

struct LoopsBar {
  double mean = 0;            ///< loops per token, 1..max_loops
  std::optional<double> low;  ///< 95 % interval of the mean, clustered by document; both or neither
  std::optional<double> high;
  std::vector<double> shares;  ///< [max_loops] share of tokens with 1, 2, ... loops
};

struct LoopsFigure {
  std::string caption;
  std::string model;
  int max_loops = 1;
  std::vector<LoopsBar> layers;  ///< [layers]
};

/// The mean loops of each layer, and below them the shares of loop counts. Datasets "loops" and "histogram".
/// Throws Error if a mean, interval or share is out of range, or if shares do not add up to 1.
Figure MakeFigure(const LoopsFigure& loops);

}  // namespace vffn
