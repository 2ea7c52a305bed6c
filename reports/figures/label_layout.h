// Places labels beside points so that they overlap no point, no error bar and no other label.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/figures/text_metrics.h"

namespace vffn {

struct LabelledPoint {
  double x = 0, y = 0;         ///< pixels
  double left = 0, right = 0;  ///< ends of the horizontal error bar
  double top = 0, bottom = 0;  ///< ends of the vertical error bar
  std::string label;
};

struct PlacedLabel {
  double x = 0;       ///< left end
  double y = 0;       ///< baseline
  bool line = false;  ///< it is so far away that it needs a line to its point
  TextExtent box;
};

/// Labels in the order of the points, in a plot of this size in pixels. Each is placed as near to its point
/// as it can be without overlaps; if there is no such place, where it overlaps least.
std::vector<PlacedLabel> PlaceLabels(std::span<const LabelledPoint> points, double width, double height,
                                     double font_size, TextMetrics& metrics);

}  // namespace vffn
