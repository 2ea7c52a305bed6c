// Accuracy against executed work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

struct ParetoInterval {
  double low = 0;
  double high = 0;
};

struct ParetoPoint {
  std::string label;       ///< the method: "4-Loop"
  std::string series;      ///< the scale: "354M"; points of a series share a colour
  bool published = false;  ///< a number from a paper (hollow) beside measured ones (filled)
  double flops = 0;        ///< of the FFNs, per token; greater than 0
  std::optional<ParetoInterval> flops_interval;
  double accuracy = 0;  ///< fraction
  std::optional<ParetoInterval> accuracy_interval;
};

struct ParetoFigure {
  std::string name = "pareto";
  std::string caption;
  std::string flops_title = "executed FFN FLOPs per token";
  std::string accuracy_title = "average accuracy (%)";
  FigureWidth width = FigureWidth::kColumn;
  double height = 230;              ///< of the plot, pixels
  std::vector<ParetoPoint> points;  ///< at most 7 series
};

/// Datasets "points" and "labels". Throws Error on values out of range or an interval without its point.
Figure MakeFigure(const ParetoFigure& pareto);

}  // namespace vffn
