// Several figures of one kind as panels of one figure.
#pragma once

#include <string>
#include <vector>

#include "reports/figures/figure.h"
#include "reports/figures/figure_style.h"

namespace vffn {

/// How panels stand beside each other.
struct PanelLayout {
  std::string what = "model";       ///< the column of the data that tells the panels apart
  std::vector<std::string> labels;  ///< one for each panel, all different
  size_t columns = 1;
  bool shared = true;  ///< they have the same axes and colours: only the outer panels label and explain them
};

/// A figure with the name, the font and the width of the first one. The datasets of a name become one, whose
/// first column is `what`. Throws Error if two labels are the same.
Figure JoinPanels(const std::vector<Figure>& panels, const PanelLayout& layout, const std::string& caption);

}  // namespace vffn
