#include "reports/figures/curves_figure.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/templates/curves.vl.json.h"
#include "reports/figures/templates/curves_panel.vl.json.h"
#include "reports/figures/text_metrics.h"

namespace vffn {
namespace {

constexpr double kAxisRoom = 54;  // beside a panel
constexpr const char* kWhere = "the figure of curves";

std::vector<std::string> NamesOf(const CurvesFigure& figure) {
  std::vector<std::string> names;
  for (const CurvesPanel& panel : figure.panels) {
    VFFN_CHECK(!panel.curves.empty(), kWhere, ": the panel of ", panel.y_title, " has no curves");
    for (const Curve& curve : panel.curves) {
      VFFN_CHECK(!curve.points.empty(), kWhere, ": ", curve.name, " has no points");
      names.push_back(curve.name);
    }
  }
  return SeriesOf(names, kWhere);
}

/// How many names fit beside each other in the legend.
int64_t LegendColumns(const std::vector<std::string>& names, double width) {
  constexpr double kSymbolRoom = 34;
  TextMetrics metrics;
  double widest = 0;
  for (const std::string& name : names) {
    widest = std::max(widest, metrics.Width(name, kLabelSize) + kSymbolRoom);
    VFFN_CHECK(widest <= width, kWhere, ": the name \"", name, "\" is too long for its legend");
  }
  return static_cast<int64_t>(width / widest);
}

Dataset Rows(const CurvesFigure& figure) {
  Dataset data{.name = "curves"};
  for (size_t panel = 0; panel < figure.panels.size(); ++panel) {
    for (const Curve& curve : figure.panels[panel].curves) {
      for (const CurvePoint& point : curve.points) {
        VFFN_CHECK(std::isfinite(point.x) && std::isfinite(point.y), kWhere, ": ", curve.name,
                   " has a value that is not a finite number");
        data.rows.push_back({{"panel", panel}, {"curve", curve.name}, {"x", point.x}, {"y", point.y}});
      }
    }
  }
  return data;
}

}  // namespace

Figure MakeFigure(const CurvesFigure& curves) {
  const size_t count = curves.panels.size();
  VFFN_CHECK(count == 1 || count == 2, kWhere, " has ", count, " panels: it takes one or two");
  const std::vector<std::string> names = NamesOf(curves);
  const double room = PixelsOf(FigureWidth::kFull);
  const double width = std::floor(room / static_cast<double>(count)) - kAxisRoom;
  std::vector<JsonText> panels;
  for (size_t i = 0; i < count; ++i) {
    panels.push_back(JsonText::Verbatim(
        FillTemplate(kCurvesPanelVlJson, {{"panel", i},
                                          {"width", width},
                                          {"x_title", curves.panels[i].x_title},
                                          {"y_title", curves.panels[i].y_title},
                                          {"names", names},
                                          {"legend_columns", LegendColumns(names, room)}})));
  }
  Figure figure{.name = "training",
                .caption = curves.caption,
                .width = FigureWidth::kFull,
                .datasets = {Rows(curves)},
                .texts = names};
  figure.specification =
      MakeSpecification(curves.caption, kCurvesVlJson, {{"columns", count}, {"panels", panels}});
  return figure;
}

}  // namespace vffn
