#include "reports/figures/reliability_figure.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/templates/reliability.vl.json.h"

namespace vffn {
namespace {

void CheckReliability(const ReliabilityFigure& figure, const ReliabilityPanel& panel) {
  const auto where = [&] { return "figure " + figure.name + ", " + panel.title + ": "; };
  VFFN_CHECK(!panel.bins.empty(), where(), "no bins");
  VFFN_CHECK(std::ranges::count(figure.panels, panel.title, &ReliabilityPanel::title) == 1, where(),
             "two panels have this title");
  for (const ReliabilityBin& bin : panel.bins) {
    for (const double share : {bin.confidence, bin.accuracy, bin.low, bin.high}) {
      VFFN_CHECK(share >= 0 && share <= 1, where(), share, " is not within 0 to 1");
    }
    VFFN_CHECK(bin.questions > 0, where(), "a bin has ", bin.questions, " questions");
  }
}

}  // namespace

Figure MakeFigure(const ReliabilityFigure& reliability, const FigureStyle& style) {
  constexpr double kSpacing = 12, kLeastSide = 66;
  const double axis_room = 48 * style.scale;
  VFFN_CHECK(!reliability.panels.empty(), "figure ", reliability.name, ": no panels");
  size_t columns = std::min<size_t>(4, reliability.panels.size());
  Figure figure = style.Begin(reliability.name, reliability.caption, columns > 2 ? kTextWidth : kColumnWidth);
  figure.datasets = {{.name = "bins"}};
  const auto width_of = [&] {
    const auto shared = static_cast<double>(style.width ? columns : std::max<size_t>(columns, 2));
    return std::floor((figure.width - axis_room) / shared - kSpacing) + style.more_width;
  };
  while (columns > 1 && width_of() < kLeastSide * style.scale) {
    --columns;
  }
  const double width = width_of();
  std::vector<std::string> titles;
  std::ranges::transform(reliability.panels, std::back_inserter(titles), &ReliabilityPanel::title);
  const std::vector<std::string> labels = ShortLabels(titles, width, style);
  figure.texts = labels;
  for (size_t i = 0; i < titles.size(); ++i) {
    const ReliabilityPanel& panel = reliability.panels[i];
    CheckReliability(reliability, panel);
    double all = 0;
    for (const ReliabilityBin& bin : panel.bins) {
      all += static_cast<double>(bin.questions);
    }
    for (const ReliabilityBin& bin : panel.bins) {
      figure.datasets[0].rows.push_back({{"panel", labels[i]},
                                         {"confidence", bin.confidence},
                                         {"accuracy", bin.accuracy},
                                         {"low", bin.low},
                                         {"high", bin.high},
                                         {"questions", bin.questions},
                                         {"share", static_cast<double>(bin.questions) / all}});
    }
  }
  figure.specification = MakeSpecification(
      reliability.caption, kReliabilityVlJson,
      {{"title",
        TitleJson(reliability.title, style.Note(reliability.note), figure.width - axis_room, style, figure)},
       {"columns", columns},
       {"spacing", kSpacing},
       {"panels", labels},
       {"label_size", style.label_size()},
       {"colour", style.palette.Colour()},
       {"width", width},
       {"height", width * style.stretch}},
      style);
  return figure;
}

}  // namespace vffn
