#include "reports/figures/group_means_figure.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/templates/group_means.vl.json.h"
#include "reports/figures/templates/group_means_panel.vl.json.h"
#include "reports/figures/text_metrics.h"

namespace vffn {
namespace {

constexpr double kMostLabelWidth = 150, kGroupPitch = 13;
constexpr double kMostLabelShare = 0.45;  // of the figure's width
constexpr double kMeansAxisRoom = 22;     // beside labels and plots: ticks, padding, half of tick labels
constexpr double kMeansSpacing = 12;
constexpr double kFewTicks = 100;  // width of a plot that has room for few labels

void CheckGroupPanel(const GroupMeansFigure& figure, const GroupMeansPanel& panel) {
  const auto where = [&] { return "figure " + figure.name + ", " + panel.title + ": "; };
  VFFN_CHECK(panel.points.size() == figure.groups.size(), where(), panel.points.size(), " means for ",
             figure.groups.size(), " groups");
  for (size_t i = 0; i < panel.points.size(); ++i) {
    const GroupMeansPoint& point = panel.points[i];
    VFFN_CHECK(point.low.has_value() == point.high.has_value(), where(), figure.groups[i],
               ": half an interval");
    VFFN_CHECK(!point.low || (*point.low <= point.mean && point.mean <= *point.high), where(),
               figure.groups[i], ": the mean ", point.mean, " is outside of its interval");
  }
}

/// The range of all means and intervals, and a little more.
std::vector<double> DomainOf(const GroupMeansPanel& panel) {
  double low = panel.points.front().mean, high = low;
  for (const GroupMeansPoint& point : panel.points) {
    low = std::min(low, point.low.value_or(point.mean));
    high = std::max(high, point.high.value_or(point.mean));
  }
  const double margin = high > low ? 0.06 * (high - low) : 0.05;
  return {low - margin, high + margin};
}

double WidestLabel(const std::vector<std::string>& labels, const FigureStyle& style) {
  TextMetrics metrics(style.font);
  double widest = 0;
  for (const std::string& label : labels) {
    widest = std::max(widest, metrics.Width(label, style.label_size()));
  }
  return widest;
}

}  // namespace

Figure MakeFigure(const GroupMeansFigure& means, const FigureStyle& style) {
  VFFN_CHECK(!means.groups.empty() && !means.panels.empty() && means.panels.size() <= 2, "figure ",
             means.name, ": ", means.groups.size(), " groups in ", means.panels.size(), " panels");
  Figure figure = style.Begin(means.name, means.caption, means.panels.size() > 1 ? kTextWidth : kColumnWidth);
  const double most = std::min(kMostLabelWidth * style.scale, kMostLabelShare * figure.width);
  const std::vector<std::string> labels =
      ShortLabels(means.groups, style.width ? most : kMostLabelWidth, style);
  figure.datasets = {{.name = "means"}};
  figure.texts = labels;
  const auto count = static_cast<double>(means.panels.size());
  const double room = figure.width - WidestLabel(labels, style) - kMeansAxisRoom * style.scale -
                      (count - 1) * kMeansSpacing + count * style.more_width;
  const double width = std::floor(room / count);
  std::vector<JsonText> panels;
  for (size_t i = 0; i < means.panels.size(); ++i) {
    const GroupMeansPanel& panel = means.panels[i];
    CheckGroupPanel(means, panel);
    for (size_t group = 0; group < labels.size(); ++group) {
      figure.datasets[0].rows.push_back({{"panel", i},
                                         {"group", labels[group]},
                                         {"mean", panel.points[group].mean},
                                         {"low", panel.points[group].low},
                                         {"high", panel.points[group].high}});
    }
    panels.push_back(JsonText::Verbatim(FillTemplate(
        kGroupMeansPanelVlJson,
        {{"panel", i},
         {"groups", labels},
         {"labelled", i == 0},
         {"axis_title", panel.title},
         {"domain", DomainOf(panel)},
         {"width", width},
         {"ticks", width < kFewTicks * style.scale ? 2 : 4},
         {"colour", style.palette.Colour()},
         {"height", kGroupPitch * style.scale * style.stretch * static_cast<double>(labels.size())}})));
    figure.texts.push_back(panel.title);
  }
  figure.specification = MakeSpecification(
      means.caption, kGroupMeansVlJson,
      {{"title", TitleJson(means.model, style.Note(means.note), room, style, figure)}, {"panels", panels}},
      style);
  return figure;
}

}  // namespace vffn
