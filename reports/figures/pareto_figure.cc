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

constexpr double kParetoRoom = 48;      // beside the plot: the labels of the y axis
constexpr double kGreatestLabel = 0.4;  // of the plot's width: then there is room on one side of any point
constexpr std::string_view kKey = "● measured  ○ published";

struct PlotSize {
  double width, height;
};

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
  return point.accuracy_interval.value_or(ParetoInterval{point.accuracy, point.accuracy});
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
  const double air = std::max(0.08 * (axis.high - axis.low), 0.005);
  return {std::max(0.0, std::floor(100 * (axis.low - air)) / 100),
          std::min(1.0, std::ceil(100 * (axis.high + air)) / 100)};
}

/// 1, 2, 5 per decade, and more where the axis spans little.
std::vector<double> FlopsTicks(const ParetoInterval& axis, double width, const FigureStyle& style) {
  constexpr double kTickPitch = 36;
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
  const auto most = static_cast<size_t>(std::max(2.0, width / (kTickPitch * style.scale)));
  const size_t step = (ticks.size() + most - 1) / most;
  std::vector<double> some;
  for (size_t i = 0; i < ticks.size(); i += step) {
    some.push_back(ticks[i]);
  }
  return some;
}

Dataset PointRows(const std::vector<ParetoPoint>& points) {
  Dataset data{.name = "points"};
  for (const ParetoPoint& point : points) {
    DataRow& row = data.rows.emplace_back(DataRow{{"label", point.label},
                                                  {"series", point.series},
                                                  {"origin", point.published ? "published" : "measured"},
                                                  {"flops", point.flops},
                                                  {"accuracy", point.accuracy}});
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
                  const PlotSize& plot, const FigureStyle& style, std::vector<std::string>& texts) {
  TextMetrics metrics(style.font);
  const double size = style.label_size();
  std::vector<LabelledPoint> labelled;
  const auto x_of = [&](double flops) {
    return std::log(flops / x.low) / std::log(x.high / x.low) * plot.width;
  };
  const auto y_of = [&](double accuracy) {
    return (1 - (accuracy - y.low) / (y.high - y.low)) * plot.height;
  };
  for (const ParetoPoint& point : points) {
    labelled.push_back({.x = x_of(point.flops),
                        .y = y_of(point.accuracy),
                        .left = x_of(FlopsOf(point).low),
                        .right = x_of(FlopsOf(point).high),
                        .top = y_of(AccuracyOf(point).high),
                        .bottom = y_of(AccuracyOf(point).low),
                        .label = metrics.Shorten(point.label, kGreatestLabel * plot.width, size)});
  }
  const std::vector<PlacedLabel> placed = PlaceLabels(labelled, plot.width, plot.height, size, metrics);
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

Figure MakeFigure(const ParetoFigure& pareto, const FigureStyle& style) {
  VFFN_CHECK(!pareto.points.empty(), "the Pareto plot has no points");
  std::vector<std::string> series;
  Figure figure = style.Begin("pareto", pareto.caption, kTextWidth);
  const PlotSize plot{.width = style.PlotWidth(kTextWidth, kParetoRoom), .height = 230 * style.stretch};
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
  figure.datasets = {PointRows(pareto.points), LabelRows(pareto.points, x, y, plot, style, figure.texts)};
  figure.specification =
      MakeSpecification(pareto.caption, kParetoVlJson,
                        {{"title", NoteJson(style.Note(pareto.note), plot.width, style, figure)},
                         {"width", plot.width},
                         {"height", plot.height},
                         {"y_title", pareto.y_title},
                         {"y_extent", SizeJson(22 * style.scale)},
                         {"series", SeriesOf(series, "the Pareto plot", style)},
                         {"flops_ticks", FlopsTicks(x, plot.width, style)},
                         {"flops_domain", std::vector{x.low, x.high}},
                         {"accuracy_domain", std::vector{y.low, y.high}},
                         {"both_origins", both_origins},
                         {"key", kKey},
                         {"key_x", plot.width - 4},
                         {"key_y", plot.height - 3}},
                        style);
  return figure;
}

}  // namespace vffn
