// Accuracy against computation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure_style.h"

namespace vffn {

struct ParetoInterval {
  double low = 0;
  double high = 0;
};

struct ParetoPoint {
  std::string label;       ///< the method: "4-Loop"
  std::string series;      ///< the scale: "354M"; points of a series share a colour
  bool published = false;  ///< a number from a paper (hollow) or measured (filled)
  double flops = 0;        ///< of the FFNs, per token; greater than 0
  std::optional<ParetoInterval> flops_interval;
  double accuracy = 0;  ///< fraction
  std::optional<ParetoInterval> accuracy_interval;
};

struct ParetoFigure {
  std::string caption;
  std::string note;  ///< above the plot: which tasks; may be empty
  std::string y_title = "average accuracy (%)";
  std::vector<ParetoPoint> points;  ///< at most 7 series
};

/// Figure "pareto" with the datasets "points" and "labels". Throws Error on values out of range or an
/// interval that does not contain its point.
Figure MakeFigure(const ParetoFigure& pareto, const FigureStyle& style = {});

}  // namespace vffn
