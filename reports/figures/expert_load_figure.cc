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

constexpr double kLoadWidth = 232;  // of the plots: the column without axis labels and legend
constexpr double kRowHeight = 13;   // of an expert

/// The greatest share; checks all of them.
double CheckShares(const ExpertLoadFigure& load) {
  VFFN_CHECK(!load.shares.empty() && !load.shares[0].empty(), "expert load of ", load.model, ": no layers");
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
                           {"layer", layer},
                           {"expert", expert},
                           {"share", load.shares[layer][expert]}});
    }
  }
  return data;
}

Dataset EntropyRows(const ExpertLoadFigure& load) {
  Dataset data{.name = "entropy"};
  for (size_t layer = 0; layer < load.entropy.size(); ++layer) {
    data.rows.push_back(
        {{"panel", 0}, {"model", load.model}, {"layer", layer}, {"entropy", load.entropy[layer]}});
  }
  return data;
}

}  // namespace

Figure MakeFigure(const ExpertLoadFigure& load) {
  const double greatest = CheckShares(load);
  const bool entropy = !load.entropy.empty();
  Figure figure{.name = "experts", .caption = load.caption, .datasets = {LoadRows(load)}};
  if (entropy) {
    figure.datasets.push_back(EntropyRows(load));
  }
  const double height = kRowHeight * static_cast<double>(load.shares[0].size());
  figure.specification =
      MakeSpecification(load.caption, kExpertsVlJson,
                        {{"title", PanelTitle(load.model, kLoadWidth + kTitleReach, figure)},
                         {"width", kLoadWidth},
                         {"layer_ticks", LayerTicks(load.shares.size(), kLoadWidth)},
                         {"entropy", entropy},
                         {"no_entropy", !entropy},
                         {"load_height", height},
                         {"share_domain", std::vector{0.0, greatest > 0 ? greatest : 1}},
                         {"legend_length", std::min(100.0, height - 16)}});
  return figure;
}

}  // namespace vffn
