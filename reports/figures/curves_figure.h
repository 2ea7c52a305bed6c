// Figure 3: training loss and accuracy along training, by configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

struct CurvePoint {
  double x = 0;
  double y = 0;
  std::optional<double> low;  ///< interval; both or neither
  std::optional<double> high;
};

struct Curve {
  std::string name;  ///< the configuration: "8-choose-2"
  std::vector<CurvePoint> points;
};

struct CurvesPanel {
  std::string title;
  std::string x_title;  ///< "training tokens (billions)"
  std::string y_title;  ///< "training loss"
  std::vector<Curve> curves;
};

struct CurvesFigure {
  std::string name = "curves";
  std::string caption;
  FigureWidth width = FigureWidth::kFull;
  std::vector<CurvesPanel> panels;  ///< two beside each other in full width; below each other in a column
};

/// Dataset "curves". A configuration has the same colour and dash in every panel; at most 7 of them. Throws
/// Error on an empty panel or curve, more configurations, or a value that is not finite.
Figure MakeFigure(const CurvesFigure& curves);

}  // namespace vffn
