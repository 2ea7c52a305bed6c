#include "reports/figures/curves_figure.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/text_metrics.h"

namespace vffn {
namespace {

constexpr double kLeftRoom = 46;
constexpr double kHeight = 140;

std::vector<std::string> NamesOf(const CurvesFigure& figure) {
  std::vector<std::string> names;
  for (const CurvesPanel& panel : figure.panels) {
    VFFN_CHECK(!panel.curves.empty(), "the figure of curves: ", panel.title, " has no curves");
    for (const Curve& curve : panel.curves) {
      VFFN_CHECK(!curve.points.empty(), "the figure of curves: ", curve.name, " has no points");
      if (std::ranges::find(names, curve.name) == names.end()) {
        names.push_back(curve.name);
      }
    }
  }
  VFFN_CHECK(names.size() <= kSeriesColors.size(), "the figure of curves: ", names.size(),
             " configurations, but only ", kSeriesColors.size(), " colours that can be told apart");
  return names;
}

/// How many names stand beside each other in the legend.
int64_t LegendColumns(const std::vector<std::string>& names, double width) {
  constexpr double kSymbolRoom = 34;
  TextMetrics metrics;
  double widest = 0;
  for (const std::string& name : names) {
    widest = std::max(widest, metrics.Width(name, kLabelSize) + kSymbolRoom);
    VFFN_CHECK(widest <= width, "the figure of curves: the name \"", name, "\" is too long for its legend");
  }
  return static_cast<int64_t>(width / widest);
}

OrderedJson Rows(const CurvesFigure& figure) {
  OrderedJson rows = OrderedJson::array();
  for (size_t panel = 0; panel < figure.panels.size(); ++panel) {
    for (const Curve& curve : figure.panels[panel].curves) {
      for (const CurvePoint& point : curve.points) {
        VFFN_CHECK(std::isfinite(point.x) && std::isfinite(point.y), "the figure of curves: ", curve.name,
                   " has a value that is no finite number");
        VFFN_CHECK(point.low.has_value() == point.high.has_value(), "the figure of curves: ", curve.name,
                   " has half an interval");
        OrderedJson row = {{"panel", panel}, {"curve", curve.name}, {"x", point.x}, {"y", point.y}};
        if (point.low.has_value() && point.high.has_value()) {
          row["low"] = *point.low;
          row["high"] = *point.high;
        }
        rows.push_back(std::move(row));
      }
    }
  }
  return rows;
}

bool HasIntervals(const CurvesPanel& panel) {
  return std::ranges::any_of(panel.curves, [](const Curve& curve) {
    return std::ranges::any_of(curve.points, [](const CurvePoint& point) { return point.low.has_value(); });
  });
}

OrderedJson PanelView(const CurvesFigure& curves, size_t index, const OrderedJson& color,
                      const OrderedJson& dash, double width, Figure& figure) {
  const CurvesPanel& panel = curves.panels[index];
  const OrderedJson x = {{"field", "x"},
                         {"type", "quantitative"},
                         {"axis", {{"title", panel.x_title}, {"grid", false}, {"tickCount", 5}}},
                         {"scale", {{"nice", false}, {"zero", false}}}};
  const OrderedJson y = {{"field", "y"},
                         {"type", "quantitative"},
                         {"axis", {{"title", panel.y_title}, {"tickCount", 5}}},
                         {"scale", {{"zero", false}}}};
  OrderedJson layers = OrderedJson::array();
  if (HasIntervals(panel)) {
    OrderedJson low = y;
    low["field"] = "low";
    layers.push_back({{"mark", {{"type", "area"}, {"opacity", 0.15}}},
                      {"encoding", {{"x", x}, {"y", low}, {"y2", {{"field", "high"}}}, {"color", color}}}});
  }
  const OrderedJson tooltip = {
      {{"field", "curve"}},
      {{"field", "x"}, {"type", "quantitative"}, {"title", panel.x_title}},
      {{"field", "y"}, {"type", "quantitative"}, {"title", panel.y_title}, {"format", ".4~f"}}};
  layers.push_back(
      {{"mark", {{"type", "line"}, {"strokeWidth", 1.3}}},
       {"encoding", {{"x", x}, {"y", y}, {"color", color}, {"strokeDash", dash}, {"tooltip", tooltip}}}});
  return {{"title", PanelTitle(panel.title, width, figure)},
          {"data", Dataset("curves")},
          {"transform", {PanelFilter(index)}},
          {"width", width},
          {"height", kHeight},
          {"layer", layers}};
}

}  // namespace

Figure MakeFigure(const CurvesFigure& curves) {
  const size_t count = curves.panels.size();
  VFFN_CHECK(count > 0, "the figure of curves has no panels");
  const std::vector<std::string> names = NamesOf(curves);
  OrderedJson colors = OrderedJson::array(), dashes = OrderedJson::array();
  for (size_t i = 0; i < names.size(); ++i) {
    colors.push_back(kSeriesColors[i]);
    dashes.push_back(SeriesDashes()[i]);
  }
  const bool beside = count > 1 && curves.width == FigureWidth::kFull;
  const OrderedJson legend = {
      {"title", nullptr},  {"orient", "top"},    {"symbolType", "stroke"},
      {"symbolSize", 220}, {"symbolOpacity", 1}, {"columns", LegendColumns(names, PixelsOf(curves.width))}};
  const OrderedJson color = {{"field", "curve"},
                             {"type", "nominal"},
                             {"scale", {{"domain", names}, {"range", colors}}},
                             {"legend", legend}};
  const OrderedJson dash = {{"field", "curve"},
                            {"type", "nominal"},
                            {"scale", {{"domain", names}, {"range", dashes}}},
                            {"legend", legend}};
  const size_t columns = beside ? 2 : 1;
  const double width = std::floor(PixelsOf(curves.width) / static_cast<double>(columns)) - kLeftRoom - 8;
  Figure figure{.name = curves.name, .caption = curves.caption, .width = curves.width, .texts = names};
  OrderedJson views = OrderedJson::array();
  for (size_t i = 0; i < count; ++i) {
    views.push_back(PanelView(curves, i, color, dash, width, figure));
  }
  figure.spec = MakeSpec(curves.caption);
  figure.spec["datasets"]["curves"] = Rows(curves);
  figure.spec["columns"] = columns;
  figure.spec["spacing"] = 12;
  figure.spec["concat"] = std::move(views);
  return figure;
}

}  // namespace vffn
