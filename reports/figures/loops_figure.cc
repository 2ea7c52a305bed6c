#include "reports/figures/loops_figure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/templates/loops.vl.json.h"

namespace vffn {
namespace {

constexpr double kLoopsRoom = 98;  // beside the plots: axis labels and legend

int64_t LayerOf(const LoopsFigure& figure, size_t place) {
  return figure.layers[place].layer.value_or(static_cast<int64_t>(place));
}

/// Whole numbers of loops for a logarithmic axis.
JsonText LogarithmicTicks(int max_loops) {
  std::vector<int> ticks(static_cast<size_t>(max_loops));
  std::iota(ticks.begin(), ticks.end(), 1);
  return ticks;
}

void CheckLayer(const LoopsFigure& figure, size_t layer) {
  const LoopsBar& loops = figure.layers[layer];
  const auto where = [&] {
    return "loops of " + figure.model + ", layer " + std::to_string(LayerOf(figure, layer)) + ": ";
  };
  // Means of counts in this range, summed in floating point.
  constexpr double kRounding = 1e-6;
  VFFN_CHECK(loops.mean >= 1 - kRounding && loops.mean <= figure.max_loops + kRounding, where(), "a mean of ",
             loops.mean, " is not within 1..", figure.max_loops);
  VFFN_CHECK(loops.low.has_value() == loops.high.has_value(), where(), "half an interval");
  VFFN_CHECK(!loops.low.has_value() || (*loops.low <= loops.mean && loops.mean <= *loops.high), where(),
             "the mean ", loops.mean, " is outside of its interval");
  VFFN_CHECK(loops.shares.size() == static_cast<size_t>(figure.max_loops), where(), loops.shares.size(),
             " shares for ", figure.max_loops, " loops");
  const double sum = std::accumulate(loops.shares.begin(), loops.shares.end(), 0.0);
  VFFN_CHECK(std::abs(sum - 1) < kRounding, where(), "the shares add up to ", sum);
}

}  // namespace

Figure MakeFigure(const LoopsFigure& loops, const FigureStyle& style) {
  VFFN_CHECK(!loops.layers.empty(), "the figure of loops: ", loops.model, " has no layers");
  Figure figure =
      style.Begin("loops", loops.caption + " Bars: 95 % interval, clustered by document.", kColumnWidth);
  Dataset means{.name = "loops"}, histogram{.name = "histogram"};
  for (size_t layer = 0; layer < loops.layers.size(); ++layer) {
    CheckLayer(loops, layer);
    const LoopsBar& bar = loops.layers[layer];
    means.rows.push_back({{"panel", 0},
                          {"model", loops.model},
                          {"layer", LayerOf(loops, layer)},
                          {"mean", bar.mean},
                          {"low", bar.low},
                          {"high", bar.high}});
    for (size_t i = 0; i < bar.shares.size(); ++i) {
      histogram.rows.push_back({{"panel", 0},
                                {"model", loops.model},
                                {"layer", LayerOf(loops, layer)},
                                {"loops", i + 1},
                                {"share", bar.shares[i]}});
    }
  }
  figure.datasets = {std::move(means), std::move(histogram)};
  std::vector<int> counts(static_cast<size_t>(loops.max_loops));
  std::iota(counts.begin(), counts.end(), 1);
  const double width = style.PlotWidth(kColumnWidth, kLoopsRoom);
  std::vector<int64_t> ticks;
  for (const size_t tick : LayerTicks(loops.layers.size(), width, style)) {
    ticks.push_back(LayerOf(loops, tick));
  }
  const ColourScale colours = OrderedColours(style.palette, counts.size(), "loop counts");
  const bool logarithmic = style.logarithmic;
  figure.specification = MakeSpecification(
      figure.caption, kLoopsVlJson,
      {{"title", TitleJson(loops.model, style.Note(loops.note), width + style.title_reach(), style, figure)},
       {"width", width},
       {"mean_height", SizeJson(110 * style.stretch)},
       {"share_height", SizeJson(80 * style.stretch)},
       {"layer_ticks", ticks},
       {"intervals", loops.layers.front().low.has_value()},
       // The whole range that a mean can have: a rise looks as large as it is.
       {"mean_domain", std::vector{1, std::max(loops.max_loops, 2)}},
       {"mean_ticks", std::min(loops.max_loops, 6)},
       {"mean_values", logarithmic ? LogarithmicTicks(std::max(loops.max_loops, 2)) : JsonText()},
       {"mean_scale", logarithmic ? JsonText("log") : JsonText()},
       {"colour", style.palette.Colour()},
       {"scheme", colours.scheme},
       {"range", colours.range},
       {"reverse", colours.range.absent()},
       {"loop_counts", counts}},
      style);
  return figure;
}

}  // namespace vffn
