#include "reports/figures/expert_load_figure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/templates/experts.vl.json.h"

namespace vffn {
namespace {

constexpr double kLoadRoom = 84;   // beside the plots: axis labels and legend
constexpr double kRowHeight = 13;  // of an expert

int64_t LayerOf(const ExpertLoadFigure& load, size_t place) {
  return load.layers.empty() ? static_cast<int64_t>(place) : load.layers[place];
}

/// The greatest share; checks all of them.
double CheckShares(const ExpertLoadFigure& load) {
  VFFN_CHECK(!load.shares.empty() && !load.shares[0].empty(), "expert load of ", load.model, ": no layers");
  VFFN_CHECK(load.layers.empty() || load.layers.size() == load.shares.size(), "expert load of ", load.model,
             ": numbers of ", load.layers.size(), " layers, shares of ", load.shares.size());
  VFFN_CHECK(load.entropy.empty() || load.entropy.size() == load.shares.size(), "expert load of ", load.model,
             ": entropy of ", load.entropy.size(), " layers, shares of ", load.shares.size());
  double greatest = 0;
  for (size_t layer = 0; layer < load.shares.size(); ++layer) {
    const std::vector<double>& shares = load.shares[layer];
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    VFFN_CHECK(shares.size() == load.shares[0].size(), "expert load of ", load.model, ", layer ", layer, ": ",
               shares.size(), " experts, but ", load.shares[0].size(), " in layer 0");
    VFFN_CHECK(std::ranges::min(shares) >= 0 && (sum == 0 || std::abs(sum - 1) < 1e-6), "expert load of ",
               load.model, ", layer ", layer, ": the shares add up to ", sum);
    greatest = std::max(greatest, std::ranges::max(shares));
  }
  return greatest;
}

Dataset LoadRows(const ExpertLoadFigure& load) {
  Dataset data{.name = "load"};
  for (size_t layer = 0; layer < load.shares.size(); ++layer) {
    for (size_t expert = 0; expert < load.shares[layer].size(); ++expert) {
      data.rows.push_back({{"panel", 0},
                           {"model", load.model},
                           {"layer", LayerOf(load, layer)},
                           {"expert", expert},
                           {"share", load.shares[layer][expert]}});
    }
  }
  return data;
}

Dataset EntropyRows(const ExpertLoadFigure& load) {
  Dataset data{.name = "entropy"};
  for (size_t layer = 0; layer < load.entropy.size(); ++layer) {
    data.rows.push_back({{"panel", 0},
                         {"model", load.model},
                         {"layer", LayerOf(load, layer)},
                         {"entropy", load.entropy[layer]}});
  }
  return data;
}

}  // namespace

Figure MakeFigure(const ExpertLoadFigure& load, const FigureStyle& style) {
  const double greatest = std::max(CheckShares(load), load.greatest.value_or(0));
  const bool entropy = !load.entropy.empty();
  Figure figure = style.Begin("experts", load.caption, kColumnWidth);
  figure.datasets = {LoadRows(load)};
  if (entropy) {
    figure.datasets.push_back(EntropyRows(load));
  }
  const double height = kRowHeight * style.scale * style.stretch * static_cast<double>(load.shares[0].size());
  const double width = style.PlotWidth(kColumnWidth, kLoadRoom);
  std::vector<int64_t> ticks;
  for (const size_t tick : LayerTicks(load.shares.size(), width, style)) {
    ticks.push_back(LayerOf(load, tick));
  }
  const JsonText title =
      TitleJson(load.model, style.Note(load.note), width + style.title_reach(), style, figure);
  const ColourScale colours = NumberColours(style.palette);
  figure.specification = MakeSpecification(load.caption, kExpertsVlJson,
                                           {{"top_title", entropy ? title : JsonText()},
                                            {"load_title", entropy ? JsonText() : title},
                                            {"width", width},
                                            {"layer_ticks", ticks},
                                            {"entropy", entropy},
                                            {"entropy_height", SizeJson(34 * style.scale * style.stretch)},
                                            {"colour", style.palette.Colour()},
                                            {"load_height", height},
                                            {"share_domain", std::vector{0.0, greatest > 0 ? greatest : 1}},
                                            {"scheme", colours.scheme},
                                            {"range", colours.range},
                                            {"legend_length", std::min(100.0, height - 16)}},
                                           style);
  return figure;
}

}  // namespace vffn
