// Labels beside points that touch neither points, nor bars, nor each other.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/figures/text_metrics.h"

namespace vffn {

struct LabelledPoint {
  double x = 0, y = 0;         ///< pixels
  double left = 0, right = 0;  ///< reach of the horizontal bar
  double top = 0, bottom = 0;  ///< reach of the vertical bar
  std::string label;
};

struct PlacedLabel {
  double x = 0;       ///< left end
  double y = 0;       ///< baseline
  bool line = false;  ///< so far away that it needs a line to its point
  TextExtent box;
};

/// Where a label can go, in a plot of this size. In order of the points given: near its point first, then
/// ever further away.
std::vector<PlacedLabel> PlaceLabels(std::span<const LabelledPoint> points, double width, double height,
                                     double font_size, TextMetrics& metrics);

}  // namespace vffn
