#include "reports/figures/pareto_figure.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/label_layout.h"
#include "reports/figures/text_fit.h"

namespace vffn {
namespace {

constexpr double kLeftRoom = 40;
constexpr double kRightRoom = 8;
constexpr double kGreatestLabel = 0.4;  // of the plot's width: then there is room on one side of any point
constexpr std::string_view kKey = "● measured  ○ published";

/// A linear or logarithmic axis with round ends.
struct Axis {
  double low, high;
  bool logarithmic = false;

  double Share(double value) const {
    return logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  }
};

void CheckPoint(const ParetoPoint& point) {
  VFFN_CHECK(point.flops > 0 && std::isfinite(point.flops), "Pareto plot: ", point.label, " has ",
             point.flops, " FLOPs");
  VFFN_CHECK(point.accuracy >= 0 && point.accuracy <= 1, "Pareto plot: ", point.label, " has an accuracy of ",
             point.accuracy, ", which is no fraction");
  const auto check_interval = [&](const std::optional<ParetoInterval>& interval, double value) {
    VFFN_CHECK(!interval.has_value() || (interval->low <= value && value <= interval->high),
               "Pareto plot: ", point.label, ": ", value, " is outside of its interval");
  };
  check_interval(point.flops_interval, point.flops);
  check_interval(point.accuracy_interval, point.accuracy);
  VFFN_CHECK(!point.flops_interval.has_value() || point.flops_interval->low > 0, "Pareto plot: ", point.label,
             ": the interval of its FLOPs reaches 0");
}

ParetoInterval FlopsOf(const ParetoPoint& point) {
  return point.flops_interval.value_or(ParetoInterval{point.flops, point.flops});
}

ParetoInterval AccuracyOf(const ParetoPoint& point) {
  const ParetoInterval fraction =
      point.accuracy_interval.value_or(ParetoInterval{point.accuracy, point.accuracy});
  return {100 * fraction.low, 100 * fraction.high};
}

Axis SpanOf(const std::vector<ParetoPoint>& points,
            const std::function<ParetoInterval(const ParetoPoint&)>& interval) {
  Axis axis{INFINITY, -INFINITY};
  for (const ParetoPoint& point : points) {
    axis.low = std::min(axis.low, interval(point).low);
    axis.high = std::max(axis.high, interval(point).high);
  }
  return axis;
}

Axis FlopsAxis(const std::vector<ParetoPoint>& points) {
  Axis axis = SpanOf(points, FlopsOf);
  // Logarithmic, as costs compare by ratio; 12% of air on either side for labels.
  axis.logarithmic = true;
  const double air = std::max(std::pow(axis.high / axis.low, 0.12), 1.1);
  return {axis.low / air, axis.high * air, true};
}

Axis AccuracyAxis(const std::vector<ParetoPoint>& points) {
  Axis axis = SpanOf(points, AccuracyOf);
  const double air = std::max(0.08 * (axis.high - axis.low), 0.5);
  return {std::max(0.0, std::floor(axis.low - air)), std::min(100.0, std::ceil(axis.high + air))};
}

/// 1, 2, 5 per decade, denser where an axis spans little.
OrderedJson FlopsTicks(const Axis& axis) {
  const bool wide = axis.high / axis.low > 30;
  std::vector<double> steps = {1, 2, 5};
  if (!wide) {
    steps = {1, 1.5, 2, 3, 4, 5, 6, 8};
  }
  OrderedJson ticks = OrderedJson::array();
  for (double decade = std::pow(10, std::floor(std::log10(axis.low))); decade <= axis.high; decade *= 10) {
    for (const double step : steps) {
      if (step * decade >= axis.low && step * decade <= axis.high) {
        ticks.push_back(step * decade);
      }
    }
  }
  return ticks;
}

std::vector<std::string> SeriesOf(const std::vector<ParetoPoint>& points) {
  std::vector<std::string> series;
  for (const ParetoPoint& point : points) {
    if (std::ranges::find(series, point.series) == series.end()) {
      series.push_back(point.series);
    }
  }
  VFFN_CHECK(series.size() <= kSeriesColors.size(), "Pareto plot: ", series.size(), " series, but only ",
             kSeriesColors.size(), " colours that can be told apart");
  return series;
}

OrderedJson PointRows(const std::vector<ParetoPoint>& points) {
  OrderedJson rows = OrderedJson::array();
  for (const ParetoPoint& point : points) {
    OrderedJson row = {{"label", point.label},
                       {"series", point.series},
                       {"origin", point.published ? "published" : "measured"},
                       {"flops", point.flops},
                       {"accuracy", 100 * point.accuracy}};
    if (point.flops_interval.has_value()) {
      row["flops_low"] = point.flops_interval->low;
      row["flops_high"] = point.flops_interval->high;
    }
    if (point.accuracy_interval.has_value()) {
      row["accuracy_low"] = AccuracyOf(point).low;
      row["accuracy_high"] = AccuracyOf(point).high;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

OrderedJson LabelRows(const std::vector<ParetoPoint>& points, const Axis& x, const Axis& y, double width,
                      double height) {
  TextMetrics metrics;
  std::vector<LabelledPoint> labelled;
  const auto x_of = [&](double flops) { return x.Share(flops) * width; };
  const auto y_of = [&](double accuracy) { return (1 - y.Share(accuracy)) * height; };
  for (const ParetoPoint& point : points) {
    labelled.push_back({.x = x_of(point.flops),
                        .y = y_of(100 * point.accuracy),
                        .left = x_of(FlopsOf(point).low),
                        .right = x_of(FlopsOf(point).high),
                        .top = y_of(AccuracyOf(point).high),
                        .bottom = y_of(AccuracyOf(point).low),
                        .label = ShortenText(point.label, kGreatestLabel * width, kLabelSize, metrics)});
  }
  const std::vector<PlacedLabel> placed = PlaceLabels(labelled, width, height, kLabelSize, metrics);
  OrderedJson rows = OrderedJson::array();
  for (size_t i = 0; i < points.size(); ++i) {
    OrderedJson row = {
        {"label", labelled[i].label}, {"series", points[i].series}, {"x", placed[i].x}, {"y", placed[i].y}};
    if (placed[i].line) {
      row["point_x"] = labelled[i].x;
      row["point_y"] = labelled[i].y;
      row["near_x"] = std::clamp(labelled[i].x, placed[i].box.left, placed[i].box.right);
      row["near_y"] = labelled[i].y < placed[i].box.top ? placed[i].box.top : placed[i].box.bottom;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

OrderedJson Place(const char* field) { return {{"field", field}, {"type", "quantitative"}}; }
OrderedJson Pixel(const char* field) {
  return {{"field", field}, {"type", "quantitative"}, {"scale", nullptr}};
}

OrderedJson LabelLayers(const OrderedJson& color) {
  return {{{"data", Dataset("labels")},
           {"transform", {{{"filter", {{"field", "point_x"}, {"valid", true}}}}}},
           {"mark", {{"type", "rule"}, {"strokeWidth", 0.6}, {"opacity", 0.7}}},
           {"encoding",
            {{"x", Pixel("point_x")},
             {"y", Pixel("point_y")},
             {"x2", {{"field", "near_x"}}},
             {"y2", {{"field", "near_y"}}},
             {"color", color}}}},
          {{"data", Dataset("labels")},
           {"mark", {{"type", "text"}, {"align", "left"}, {"baseline", "alphabetic"}}},
           {"encoding",
            {{"x", Pixel("x")}, {"y", Pixel("y")}, {"text", {{"field", "label"}}}, {"color", color}}}}};
}

/// Says what hollow points are.
OrderedJson KeyLayer(double width, double height) {
  return {
      {"data", {{"values", OrderedJson::array({OrderedJson::object()})}}},
      {"mark",
       {{"type", "text"}, {"align", "right"}, {"baseline", "bottom"}, {"color", kQuietInk}, {"text", kKey}}},
      {"encoding", {{"x", {{"value", width - 4}}}, {"y", {{"value", height - 3}}}}}};
}

OrderedJson BarLayer(const char* x, const char* x2, const char* y, const char* y2, const OrderedJson& color) {
  OrderedJson encoding = {{"x", Place(x)}, {"y", Place(y)}, {"color", color}};
  if (x2 != nullptr) {
    encoding["x2"] = {{"field", x2}};
  }
  if (y2 != nullptr) {
    encoding["y2"] = {{"field", y2}};
  }
  return {{"data", Dataset("points")},
          {"transform", {{{"filter", {{"field", x2 != nullptr ? x2 : y2}, {"valid", true}}}}}},
          {"mark", {{"type", "rule"}, {"strokeWidth", 1}, {"opacity", 0.65}}},
          {"encoding", encoding}};
}

OrderedJson TooltipOf() {
  return {{{"field", "label"}},
          {{"field", "series"}},
          {{"field", "origin"}},
          {{"field", "flops"}, {"type", "quantitative"}, {"format", ".4~s"}},
          {{"field", "accuracy"}, {"type", "quantitative"}, {"format", ".2f"}},
          {{"field", "accuracy_low"}, {"type", "quantitative"}, {"format", ".2f"}},
          {{"field", "accuracy_high"}, {"type", "quantitative"}, {"format", ".2f"}}};
}

OrderedJson PointLayer(const ParetoFigure& pareto, bool published, const Axis& x, const Axis& y,
                       const OrderedJson& color) {
  const OrderedJson x_axis = {{"title", pareto.flops_title}, {"format", "~s"}, {"values", FlopsTicks(x)}};
  const OrderedJson y_axis = {{"title", pareto.accuracy_title},
                              {"tickCount", 6},
                              {"minExtent", kLeftRoom - 18},
                              {"maxExtent", kLeftRoom - 18}};
  OrderedJson mark = {{"type", "point"}, {"size", 34}, {"strokeWidth", 1.3}, {"opacity", 1}};
  if (published) {
    mark["fill"] = "white";
  } else {
    mark["filled"] = true;
  }
  return {
      {"data", Dataset("points")},
      {"transform", {{{"filter", {{"field", "origin"}, {"equal", published ? "published" : "measured"}}}}}},
      {"mark", mark},
      {"encoding",
       {{"x",
         {{"field", "flops"},
          {"type", "quantitative"},
          {"axis", x_axis},
          {"scale", {{"type", "log"}, {"domain", {x.low, x.high}}, {"nice", false}}}}},
        {"y",
         {{"field", "accuracy"},
          {"type", "quantitative"},
          {"axis", y_axis},
          {"scale", {{"domain", {y.low, y.high}}, {"nice", false}, {"zero", false}}}}},
        {"color", color},
        {"tooltip", TooltipOf()}}}};
}

}  // namespace

Figure MakeFigure(const ParetoFigure& pareto) {
  VFFN_CHECK(!pareto.points.empty(), "the Pareto plot has no points");
  for (const ParetoPoint& point : pareto.points) {
    CheckPoint(point);
  }
  const std::vector<std::string> series = SeriesOf(pareto.points);
  const Axis x = FlopsAxis(pareto.points), y = AccuracyAxis(pareto.points);
  const double width = std::floor(PixelsOf(pareto.width) - kLeftRoom - kRightRoom);
  OrderedJson colors = OrderedJson::array();
  for (size_t i = 0; i < series.size(); ++i) {
    colors.push_back(kSeriesColors[i]);
  }
  const OrderedJson color = {{"field", "series"},
                             {"type", "nominal"},
                             {"scale", {{"domain", series}, {"range", colors}}},
                             {"legend",
                              {{"title", nullptr},
                               {"orient", "top"},
                               {"symbolType", "circle"},
                               {"symbolFillColor", "white"},
                               {"symbolOpacity", 1}}}};

  Figure figure{.name = pareto.name, .caption = pareto.caption, .width = pareto.width};
  figure.spec = MakeSpec(pareto.caption);
  figure.spec["width"] = width;
  figure.spec["height"] = pareto.height;
  figure.spec["datasets"] = {{"points", PointRows(pareto.points)},
                             {"labels", LabelRows(pareto.points, x, y, width, pareto.height)}};
  OrderedJson layers =
      OrderedJson::array({BarLayer("flops_low", "flops_high", "accuracy", nullptr, color),
                          BarLayer("flops", nullptr, "accuracy_low", "accuracy_high", color),
                          PointLayer(pareto, true, x, y, color), PointLayer(pareto, false, x, y, color)});
  for (OrderedJson& layer : LabelLayers(color)) {
    layers.push_back(std::move(layer));
  }
  const auto published = std::ranges::count(pareto.points, true, &ParetoPoint::published);
  if (published > 0 && published < std::ssize(pareto.points)) {
    layers.push_back(KeyLayer(width, pareto.height));
    figure.texts.emplace_back(kKey);
  }
  figure.spec["layer"] = std::move(layers);
  for (const OrderedJson& label : figure.spec["datasets"]["labels"]) {
    figure.texts.push_back(label["label"]);
  }
  return figure;
}

}  // namespace vffn
