// Figure 4: depth-branch loops per layer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure_style.h"

namespace vffn {

struct LoopsBar {
  double mean = 0;            ///< loops per token, 1..max_loops
  std::optional<double> low;  ///< 95 % interval of the mean, clustered by document; both or neither
  std::optional<double> high;
  std::vector<double> shares;         ///< [max_loops] share of tokens with 1, 2, ... loops
  std::optional<int64_t> layer = {};  ///< absent: its place
};

struct LoopsFigure {
  std::string caption;
  std::string model;
  std::string note;              ///< below the title: which tokens, docs and tasks; may be empty
  int max_loops = 1;             ///< end of the axis
  std::vector<LoopsBar> layers;  ///< [layers]
};

/// The mean loops of each layer (on a logarithmic axis if the style says so), and below them the shares of
/// loop counts. Datasets "loops" and "histogram". Throws Error if a mean, interval or share is out of range,
/// or if shares do not add up to 1.
Figure MakeFigure(const LoopsFigure& loops, const FigureStyle& style = {});

}  // namespace vffn
