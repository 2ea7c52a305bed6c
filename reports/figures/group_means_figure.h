// Means of groups with their intervals, a row for each group.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure_style.h"

namespace vffn {

struct GroupMeansPoint {
  double mean = 0;
  std::optional<double> low, high;  ///< of the interval; both or neither
};

struct GroupMeansPanel {
  std::string title;                    ///< of the axis: "mean loops"
  std::vector<GroupMeansPoint> points;  ///< one for each group
};

struct GroupMeansFigure {
  std::string name;
  std::string caption;
  std::string model;                    ///< title
  std::string note;                     ///< below the title: which tokens, docs and tasks; may be empty
  std::vector<std::string> groups;      ///< from top to bottom
  std::vector<GroupMeansPanel> panels;  ///< one, or two side by side
};

/// Dataset "means". An axis shows the range of its intervals, not the range that a mean can have. Throws
/// Error if there are no groups or other than one or two panels, a panel has another number of points, or a
/// mean is outside of its interval.
Figure MakeFigure(const GroupMeansFigure& means, const FigureStyle& style = {});

}  // namespace vffn
