// Curves along training: Figure 3, and the curves of training runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure_style.h"

namespace vffn {

struct CurvePoint {
  double x = 0;
  double y = 0;
};

struct Curve {
  std::string name;  ///< the configuration: "8-choose-2"; curves of one name have the same colour and dash
  std::vector<CurvePoint> points;
  std::vector<CurvePoint> raw;  ///< drawn thin and pale behind the curve; may be empty
};

struct CurvesPanel {
  std::string x_title;  ///< "training tokens (billions)"
  std::string y_title;  ///< "training loss"
  std::vector<Curve> curves;
  bool marks = false;            ///< a mark at every point: there are few
  bool logarithmic = false;      ///< the vertical axis, if all values are above 0
  bool zero = false;             ///< the vertical axis has a zero
  bool percent = false;          ///< the values are fractions; the axis, titled "... (%)", shows percent
  std::optional<double> bottom;  ///< where the vertical axis begins; what is below it is cut off
  std::optional<double> top;     ///< where it ends
};

struct CurvesFigure {
  std::string name = "training";
  std::string caption;
  std::string note;                 ///< above all panels; may be empty
  std::vector<CurvesPanel> panels;  ///< two in a row; one alone has the full width
  std::vector<std::string> names;   ///< in the order of colours; those that are missing follow
};

/// A figure with the dataset "curves" and, if there are raw points, "raw". A configuration has the same
/// colour and dash in every panel; at most 7 of them. Throws Error on no panel, an empty panel or curve, more
/// configurations, or a value that is not finite.
Figure MakeFigure(const CurvesFigure& curves, const FigureStyle& style = {});

}  // namespace vffn
