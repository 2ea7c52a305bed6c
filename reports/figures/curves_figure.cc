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

constexpr double kCurvesRoom = 62;    // beside a panel
constexpr double kLeastCurves = 150;  // width of a panel, in the default font: else there is one column
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

/// The names that have a colour: the figure's own in its order, then those of curves that it lacks.
std::vector<std::string> ColouredNames(const CurvesFigure& figure, const std::vector<std::string>& drawn,
                                       const FigureStyle& style) {
  std::vector<std::string> names = figure.names;
  names.insert(names.end(), drawn.begin(), drawn.end());
  return SeriesOf(names, kWhere, style);
}

/// How many names fit beside each other in the legend.
int64_t LegendColumns(const std::vector<std::string>& names, double width, const FigureStyle& style) {
  constexpr double kSymbolRoom = 34;
  TextMetrics metrics(style.font);
  double widest = 0;
  for (const std::string& name : names) {
    widest = std::max(widest, metrics.Width(name, style.label_size()) + kSymbolRoom);
    VFFN_CHECK(widest <= width, kWhere, ": the name \"", name, "\" is too long for its legend");
  }
  return static_cast<int64_t>(width / widest);
}

/// The points or the raw points of all curves. Curves of one name are told apart by `line`.
Dataset Rows(const CurvesFigure& figure, const char* name, std::vector<CurvePoint> Curve::*points) {
  Dataset data{.name = name};
  for (size_t panel = 0; panel < figure.panels.size(); ++panel) {
    for (size_t line = 0; line < figure.panels[panel].curves.size(); ++line) {
      const Curve& curve = figure.panels[panel].curves[line];
      for (const CurvePoint& point : curve.*points) {
        VFFN_CHECK(std::isfinite(point.x) && std::isfinite(point.y), kWhere, ": ", curve.name,
                   " has a value that is not a finite number");
        data.rows.push_back(
            {{"panel", panel}, {"curve", curve.name}, {"line", line}, {"x", point.x}, {"y", point.y}});
      }
    }
  }
  return data;
}

bool AllPositive(const CurvesPanel& panel) {
  const auto positive = [](const std::vector<CurvePoint>& points) {
    return std::ranges::all_of(points, [](const CurvePoint& point) { return point.y > 0; });
  };
  return std::ranges::all_of(
      panel.curves, [&](const Curve& curve) { return positive(curve.points) && positive(curve.raw); });
}

/// The scale of the vertical axis.
JsonText ScaleOf(const CurvesPanel& panel, const FigureStyle& style) {
  const bool logarithmic = (panel.logarithmic || style.logarithmic) && AllPositive(panel);
  return JsonText::Object({{"type", logarithmic ? "log" : "linear"},
                           {"zero", panel.zero},
                           {"nice", !logarithmic && !panel.top},
                           {"domainMin", panel.bottom},
                           {"domainMax", panel.top}});
}

JsonText VerticalAxisOf(const CurvesPanel& panel) {
  std::vector<std::pair<std::string, JsonText>> axis = {{"title", panel.y_title}, {"tickCount", 5}};
  if (panel.percent) {
    axis.emplace_back("labelExpr", "replace(format(datum.value, '~%'), '%', '')");
  }
  return JsonText::Object(axis);
}

}  // namespace

Figure MakeFigure(const CurvesFigure& curves, const FigureStyle& style) {
  const size_t count = curves.panels.size();
  VFFN_CHECK(count > 0, kWhere, " has no panels");
  const std::vector<std::string> names = NamesOf(curves), coloured = ColouredNames(curves, names, style);
  Figure figure = style.Begin(curves.name, curves.caption, kTextWidth);
  figure.datasets = {Rows(curves, "curves", &Curve::points)};
  figure.texts = names;
  const double room = figure.width, axis_room = kCurvesRoom * style.scale;
  const bool narrow = room / 2 - axis_room < kLeastCurves * style.scale;
  const size_t columns = narrow ? 1 : std::min<size_t>(count, 2);
  const double width = std::floor(room / static_cast<double>(columns)) - axis_room + style.more_width;
  if (Dataset raw = Rows(curves, "raw", &Curve::raw); !raw.rows.empty()) {
    figure.datasets.push_back(std::move(raw));
  }
  std::vector<JsonText> panels;
  for (size_t i = 0; i < count; ++i) {
    const CurvesPanel& panel = curves.panels[i];
    const bool raw = std::ranges::any_of(panel.curves, [](const Curve& curve) { return !curve.raw.empty(); });
    panels.push_back(JsonText::Verbatim(
        FillTemplate(kCurvesPanelVlJson, {{"panel", i},
                                          {"width", width},
                                          {"height", SizeJson(140 * style.stretch)},
                                          {"x_title", panel.x_title},
                                          {"y_title", panel.y_title},
                                          {"y_axis", VerticalAxisOf(panel)},
                                          {"y_format", panel.percent ? ".4~%" : ".4~f"},
                                          {"y_scale", ScaleOf(panel, style)},
                                          {"raw", raw},
                                          {"marks", panel.marks},
                                          {"names", coloured},
                                          {"shown", names},
                                          {"legend_columns", LegendColumns(names, room, style)}})));
  }
  figure.specification =
      MakeSpecification(curves.caption, kCurvesVlJson,
                        {{"title", NoteJson(style.Note(curves.note), room - axis_room, style, figure)},
                         {"columns", columns},
                         {"panels", panels}},
                        style);
  return figure;
}

}  // namespace vffn
