#include "reports/figures/pareto_figure.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/label_layout.h"
#include "reports/figures/templates/pareto.vl.json.h"

namespace vffn {
namespace {

constexpr double kPlotWidth = 604;  // of the plot: both columns without the labels of the y axis
constexpr double kHeight = 230;
constexpr double kGreatestLabel = 0.4;  // of the plot's width: then there is room on one side of any point
constexpr std::string_view kKey = "● measured  ○ published";

void CheckPoint(const ParetoPoint& point) {
  VFFN_CHECK(point.flops > 0 && std::isfinite(point.flops), "Pareto plot: ", point.label, " has ",
             point.flops, " FLOPs");
  VFFN_CHECK(point.accuracy >= 0 && point.accuracy <= 1, "Pareto plot: ", point.label, " has an accuracy of ",
             point.accuracy, ", which is not a fraction");
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

ParetoInterval SpanOf(const std::vector<ParetoPoint>& points,
                      ParetoInterval (*interval)(const ParetoPoint&)) {
  ParetoInterval span{INFINITY, -INFINITY};
  for (const ParetoPoint& point : points) {
    span.low = std::min(span.low, interval(point).low);
    span.high = std::max(span.high, interval(point).high);
  }
  return span;
}

ParetoInterval FlopsAxis(const std::vector<ParetoPoint>& points) {
  const ParetoInterval axis = SpanOf(points, FlopsOf);
  // Logarithmic, because costs compare by ratio; 12% of air on either side for labels.
  const double air = std::max(std::pow(axis.high / axis.low, 0.12), 1.1);
  return {axis.low / air, axis.high * air};
}

ParetoInterval AccuracyAxis(const std::vector<ParetoPoint>& points) {
  const ParetoInterval axis = SpanOf(points, AccuracyOf);
  const double air = std::max(0.08 * (axis.high - axis.low), 0.5);
  return {std::max(0.0, std::floor(axis.low - air)), std::min(100.0, std::ceil(axis.high + air))};
}

/// 1, 2, 5 per decade, and more where the axis spans little.
std::vector<double> FlopsTicks(const ParetoInterval& axis) {
  std::vector<double> steps = {1, 2, 5};
  if (axis.high / axis.low <= 30) {
    steps = {1, 1.5, 2, 3, 4, 5, 6, 8};
  }
  std::vector<double> ticks;
  for (double decade = std::pow(10, std::floor(std::log10(axis.low))); decade <= axis.high; decade *= 10) {
    for (const double step : steps) {
      if (step * decade >= axis.low && step * decade <= axis.high) {
        ticks.push_back(step * decade);
      }
    }
  }
  return ticks;
}

Dataset PointRows(const std::vector<ParetoPoint>& points) {
  Dataset data{.name = "points"};
  for (const ParetoPoint& point : points) {
    DataRow& row = data.rows.emplace_back(DataRow{{"label", point.label},
                                                  {"series", point.series},
                                                  {"origin", point.published ? "published" : "measured"},
                                                  {"flops", point.flops},
                                                  {"accuracy", 100 * point.accuracy}});
    if (point.flops_interval.has_value()) {
      row.emplace_back("flops_low", point.flops_interval->low);
      row.emplace_back("flops_high", point.flops_interval->high);
    }
    if (point.accuracy_interval.has_value()) {
      row.emplace_back("accuracy_low", AccuracyOf(point).low);
      row.emplace_back("accuracy_high", AccuracyOf(point).high);
    }
  }
  return data;
}

/// The labels and where they go; adds them to the figure's texts.
Dataset LabelRows(const std::vector<ParetoPoint>& points, const ParetoInterval& x, const ParetoInterval& y,
                  std::vector<std::string>& texts) {
  TextMetrics metrics;
  std::vector<LabelledPoint> labelled;
  const auto x_of = [&](double flops) {
    return std::log(flops / x.low) / std::log(x.high / x.low) * kPlotWidth;
  };
  const auto y_of = [&](double accuracy) { return (1 - (accuracy - y.low) / (y.high - y.low)) * kHeight; };
  for (const ParetoPoint& point : points) {
    labelled.push_back({.x = x_of(point.flops),
                        .y = y_of(100 * point.accuracy),
                        .left = x_of(FlopsOf(point).low),
                        .right = x_of(FlopsOf(point).high),
                        .top = y_of(AccuracyOf(point).high),
                        .bottom = y_of(AccuracyOf(point).low),
                        .label = metrics.Shorten(point.label, kGreatestLabel * kPlotWidth, kLabelSize)});
  }
  const std::vector<PlacedLabel> placed = PlaceLabels(labelled, kPlotWidth, kHeight, kLabelSize, metrics);
  Dataset data{.name = "labels"};
  for (size_t i = 0; i < points.size(); ++i) {
    const PlacedLabel& label = placed[i];
    texts.push_back(labelled[i].label);
    DataRow& row = data.rows.emplace_back(
        DataRow{{"label", labelled[i].label}, {"series", points[i].series}, {"x", label.x}, {"y", label.y}});
    if (label.line) {
      row.emplace_back("point_x", labelled[i].x);
      row.emplace_back("point_y", labelled[i].y);
      row.emplace_back("near_x", std::clamp(labelled[i].x, label.box.left, label.box.right));
      row.emplace_back("near_y", labelled[i].y < label.box.top ? label.box.top : label.box.bottom);
    }
  }
  return data;
}

}  // namespace

Figure MakeFigure(const ParetoFigure& pareto) {
  VFFN_CHECK(!pareto.points.empty(), "the Pareto plot has no points");
  std::vector<std::string> series;
  Figure figure{.name = "pareto", .caption = pareto.caption, .width = FigureWidth::kFull};
  for (const ParetoPoint& point : pareto.points) {
    CheckPoint(point);
    series.push_back(point.series);
  }
  const ParetoInterval x = FlopsAxis(pareto.points), y = AccuracyAxis(pareto.points);
  const auto published = std::ranges::count(pareto.points, true, &ParetoPoint::published);
  const bool both_origins = published > 0 && published < std::ssize(pareto.points);
  if (both_origins) {
    figure.texts.emplace_back(kKey);
  }
  figure.datasets = {PointRows(pareto.points), LabelRows(pareto.points, x, y, figure.texts)};
  figure.specification = MakeSpecification(pareto.caption, kParetoVlJson,
                                           {{"width", kPlotWidth},
                                            {"height", kHeight},
                                            {"series", SeriesOf(series, "the Pareto plot")},
                                            {"flops_ticks", FlopsTicks(x)},
                                            {"flops_domain", std::vector{x.low, x.high}},
                                            {"accuracy_domain", std::vector{y.low, y.high}},
                                            {"both_origins", both_origins},
                                            {"key", kKey},
                                            {"key_x", kPlotWidth - 4},
                                            {"key_y", kHeight - 3}});
  return figure;
}

}  // namespace vffn
