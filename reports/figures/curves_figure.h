// Figure 3: loss and accuracy along training, by configuration.
#pragma once

#include <string>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

struct CurvePoint {
  double x = 0;
  double y = 0;
};

struct Curve {
  std::string name;  ///< the configuration: "8-choose-2"
  std::vector<CurvePoint> points;
};

struct CurvesPanel {
  std::string x_title;  ///< "training tokens (billions)"
  std::string y_title;  ///< "training loss"
  std::vector<Curve> curves;
};

struct CurvesFigure {
  std::string caption;
  std::vector<CurvesPanel> panels;  ///< one, or two beside each other
};

/// Figure "training" with the dataset "curves". A configuration has the same colour and dash in every panel;
/// at most 7 of them. Throws Error on an empty panel or curve, more configurations, or a value that is not
/// finite.
Figure MakeFigure(const CurvesFigure& curves);

}  // namespace vffn
