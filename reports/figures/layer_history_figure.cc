#include "reports/figures/layer_history_figure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/templates/layer_history.vl.json.h"
#include "reports/figures/templates/layer_history_panel.vl.json.h"
#include "reports/figures/templates/loop_shares.vl.json.h"

namespace vffn {
namespace {

void CheckBounds(const std::string& name, const std::vector<double>& bounds, size_t stretches) {
  VFFN_CHECK(stretches > 0 && bounds.size() == stretches + 1, "figure ", name, ": ", bounds.size(),
             " bounds for ", stretches, " stretches");
  VFFN_CHECK(std::ranges::adjacent_find(bounds, std::greater_equal()) == bounds.end(), "figure ", name,
             ": the bounds of the stretches do not ascend");
}

void CheckPanel(const LayerHistoryFigure& figure, const LayerHistoryPanel& panel) {
  const auto where = [&] { return "figure " + figure.name + ", " + panel.title + ": "; };
  CheckBounds(figure.name, figure.bounds, panel.values.size());
  const size_t layers = figure.panels[0].values[0].size();
  for (const std::vector<double>& values : panel.values) {
    VFFN_CHECK(values.size() == layers && layers > 0, where(), values.size(), " layers, not ", layers);
    for (const double value : values) {
      VFFN_CHECK(value >= panel.low && value <= panel.high, where(), value, " is not within ", panel.low,
                 " to ", panel.high);
    }
  }
}

Dataset HistoryRows(const LayerHistoryFigure& figure) {
  Dataset data{.name = "history"};
  for (size_t panel = 0; panel < figure.panels.size(); ++panel) {
    const auto& values = figure.panels[panel].values;
    for (size_t i = 0; i < values.size(); ++i) {
      for (size_t layer = 0; layer < values[i].size(); ++layer) {
        data.rows.push_back({{"panel", panel},
                             {"begin", figure.bounds[i]},
                             {"end", figure.bounds[i + 1]},
                             {"layer", layer},
                             {"value", values[i][layer]}});
      }
    }
  }
  return data;
}

}  // namespace

Figure MakeFigure(const LayerHistoryFigure& history, const FigureStyle& style) {
  constexpr double kLeastHeight = 80, kHistoryRow = 7;
  const double axis_room = 34 * style.scale;
  VFFN_CHECK(!history.panels.empty() && history.panels.size() <= 3 && !history.panels[0].values.empty(),
             "figure ", history.name, ": ", history.panels.size(), " panels: it takes one to three");
  for (const LayerHistoryPanel& panel : history.panels) {
    CheckPanel(history, panel);
  }
  const size_t layers = history.panels[0].values[0].size();
  const double height = std::max(kLeastHeight, kHistoryRow * static_cast<double>(layers)) * style.stretch;
  Figure figure = style.Begin(history.name, history.caption, kTextWidth);
  figure.datasets = {HistoryRows(history)};
  const double width =
      std::floor(figure.width / static_cast<double>(history.panels.size())) - axis_room + style.more_width;
  const ColourScale colours = NumberColours(style.palette);
  std::vector<JsonText> panels;
  for (size_t i = 0; i < history.panels.size(); ++i) {
    const LayerHistoryPanel& panel = history.panels[i];
    panels.push_back(JsonText::Verbatim(FillTemplate(
        kLayerHistoryPanelVlJson, {{"panel", i},
                                   {"y_title", i == 0 ? JsonText("layer") : JsonText(nullptr)},
                                   {"title", panel.title},
                                   // In the colour of its cell, so that no white line is between two cells.
                                   {"stroke", "scale('concat_" + std::to_string(i) + "_color', datum.value)"},
                                   {"x_title", history.x_title},
                                   {"bounds", std::vector{history.bounds.front(), history.bounds.back()}},
                                   {"format", panel.format},
                                   {"domain", std::vector{panel.low, panel.high}},
                                   {"layer_ticks", LayerTicks(layers, height, style)},
                                   {"legend_length", width},
                                   {"scheme", colours.scheme},
                                   {"range", colours.range},
                                   {"width", width},
                                   {"height", height}})));
    figure.texts.push_back(panel.title);
  }
  figure.specification = MakeSpecification(history.caption, kLayerHistoryVlJson, {{"panels", panels}}, style);
  return figure;
}

namespace {

std::string LayerTitle(size_t layer) { return "layer " + std::to_string(layer); }

Dataset ShareRows(const LoopSharesFigure& figure) {
  Dataset data{.name = "shares"};
  for (size_t i = 0; i < figure.shares.size(); ++i) {
    for (size_t layer = 0; layer < figure.shares[i].size(); ++layer) {
      const std::vector<double>& shares = figure.shares[i][layer];
      const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
      VFFN_CHECK(shares.size() == figure.shares[0][0].size() && std::abs(sum - 1) < 1e-6, "figure ",
                 figure.name, ", layer ", layer, ": ", shares.size(), " shares that add up to ", sum);
      for (size_t loops = 0; loops < shares.size(); ++loops) {
        data.rows.push_back({{"x", (figure.bounds[i] + figure.bounds[i + 1]) / 2},
                             {"layer", LayerTitle(layer)},
                             {"loops", loops + 1},
                             {"share", shares[loops]}});
      }
    }
  }
  return data;
}

}  // namespace

Figure MakeFigure(const LoopSharesFigure& loops, const FigureStyle& style) {
  CheckBounds(loops.name, loops.bounds, loops.shares.size());
  const size_t layers = loops.shares[0].size();
  VFFN_CHECK(layers > 0, "figure ", loops.name, ": no layers");
  constexpr double kSpacing = 10, kLeastPlot = 44;
  Figure figure = style.Begin(loops.name, loops.caption, kTextWidth);
  figure.datasets = {ShareRows(loops)};
  size_t columns = layers <= 12 ? std::min<size_t>(layers, 4) : 6;
  const auto width_of = [&] {
    return std::floor((figure.width - 40 * style.scale) / static_cast<double>(columns) - kSpacing) +
           style.more_width;
  };
  while (columns > 1 && width_of() < kLeastPlot * style.scale) {
    --columns;
  }
  const double width = width_of();
  std::vector<size_t> counts(loops.shares[0][0].size());
  std::iota(counts.begin(), counts.end(), 1);
  const ColourScale colours = OrderedColours(style.palette, counts.size(), "loop counts");
  for (size_t layer = 0; layer < layers; ++layer) {
    figure.texts.push_back(LayerTitle(layer));
  }
  figure.specification =
      MakeSpecification(loops.caption, kLoopSharesVlJson,
                        {{"columns", columns},
                         {"spacing", kSpacing},
                         {"layers", figure.texts},
                         {"label_size", style.label_size()},
                         {"scheme", colours.scheme},
                         {"range", colours.range},
                         {"reverse", colours.range.absent()},
                         {"width", width},
                         {"height", SizeJson((layers <= 12 ? 70 : 46) * style.stretch)},
                         {"x_title", loops.x_title},
                         {"legend_title", "share of tokens by loops, against " + loops.x_title},
                         {"loop_counts", counts}},
                        style);
  return figure;
}

}  // namespace vffn
