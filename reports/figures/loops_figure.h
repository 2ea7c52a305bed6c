// Figure 4: how often the depth branch loops, per layer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

struct LoopsBar {
  double mean = 0;            ///< loops per token, 1..max_loops
  std::optional<double> low;  ///< interval of the mean; both or neither
  std::optional<double> high;
  std::vector<double> shares;  ///< [max_loops] share of tokens with 1, 2, ... loops; or empty
};

struct LoopsPanel {
  std::string title;  ///< the model
  int max_loops = 1;
  std::vector<LoopsBar> layers;  ///< [layers]
};

struct LoopsFigure {
  std::string name = "loops";
  std::string caption;
  std::string interval;  ///< what low..high is, for the caption: "95% interval, clustered by document"
  FigureWidth width = FigureWidth::kColumn;
  bool histogram = false;          ///< also the shares, stacked, below the means
  std::vector<LoopsPanel> panels;  ///< one or two
};

/// Datasets "loops" and, with the histogram, "histogram". Throws Error on a mean, interval or share that is
/// out of range, or shares that do not add up to 1.
Figure MakeFigure(const LoopsFigure& loops);

}  // namespace vffn
