#include "reports/figures/expert_load_figure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "reports/figures/figure_style.h"

namespace vffn {
namespace {

constexpr double kRowHeight = 13;
constexpr double kEntropyHeight = 34;
constexpr double kLeftRoom = 42;
constexpr double kInnerRoom = 30;
constexpr double kLegendRoom = 42;

/// The greatest share; checks all of them.
double CheckPanel(const ExpertLoadPanel& panel) {
  VFFN_CHECK(!panel.shares.empty() && !panel.shares[0].empty(), "expert load of ", panel.title,
             ": no layers");
  VFFN_CHECK(panel.entropy.empty() || panel.entropy.size() == panel.shares.size(), "expert load of ",
             panel.title, ": entropy of ", panel.entropy.size(), " layers, shares of ", panel.shares.size());
  double greatest = 0;
  for (size_t layer = 0; layer < panel.shares.size(); ++layer) {
    const std::vector<double>& shares = panel.shares[layer];
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    VFFN_CHECK(shares.size() == panel.shares[0].size(), "expert load of ", panel.title, ", layer ", layer,
               ": ", shares.size(), " experts, but ", panel.shares[0].size(), " in layer 0");
    VFFN_CHECK(std::ranges::min(shares) >= 0 && (sum == 0 || std::abs(sum - 1) < 1e-6), "expert load of ",
               panel.title, ", layer ", layer, ": the shares add up to ", sum);
    greatest = std::max(greatest, std::ranges::max(shares));
  }
  return greatest;
}

OrderedJson LoadRows(const ExpertLoadFigure& figure) {
  OrderedJson rows = OrderedJson::array();
  for (size_t index = 0; index < figure.panels.size(); ++index) {
    const ExpertLoadPanel& panel = figure.panels[index];
    for (size_t layer = 0; layer < panel.shares.size(); ++layer) {
      for (size_t expert = 0; expert < panel.shares[layer].size(); ++expert) {
        rows.push_back({{"panel", index},
                        {"model", panel.title},
                        {"layer", layer},
                        {"expert", expert},
                        {"share", panel.shares[layer][expert]}});
      }
    }
  }
  return rows;
}

OrderedJson EntropyRows(const ExpertLoadFigure& figure) {
  OrderedJson rows = OrderedJson::array();
  for (size_t index = 0; index < figure.panels.size(); ++index) {
    for (size_t layer = 0; layer < figure.panels[index].entropy.size(); ++layer) {
      rows.push_back({{"panel", index},
                      {"model", figure.panels[index].title},
                      {"layer", layer},
                      {"entropy", figure.panels[index].entropy[layer]}});
    }
  }
  return rows;
}

OrderedJson LayerAxis(size_t layers, double width, bool labels) {
  OrderedJson axis = {
      {"values", LayerTicks(layers, width)}, {"labelAngle", 0}, {"labels", labels}, {"ticks", labels}};
  axis["title"] = labels ? OrderedJson("layer") : OrderedJson(nullptr);
  return {{"field", "layer"}, {"type", "ordinal"}, {"axis", axis}, {"scale", {{"padding", 0}}}};
}

OrderedJson LoadView(const ExpertLoadFigure& figure, size_t index, double greatest, double width) {
  const ExpertLoadPanel& panel = figure.panels[index];
  OrderedJson axis = {{"domain", false}};
  axis["title"] = index == 0 ? OrderedJson("expert") : OrderedJson(nullptr);
  OrderedJson legend = nullptr;
  if (index + 1 == figure.panels.size()) {
    legend = {
        {"title", "share"},
        {"format", ".0%"},
        {"gradientThickness", 9},
        {"tickCount", 4},
        {"offset", 6},
        {"gradientLength", std::min(100.0, kRowHeight * static_cast<double>(panel.shares[0].size()) - 16)}};
  }
  return {{"data", Dataset("load")},
          {"transform", {PanelFilter(index)}},
          {"width", width},
          {"height", kRowHeight * static_cast<double>(panel.shares[0].size())},
          {"mark", {{"type", "rect"}, {"stroke", "white"}, {"strokeWidth", 0.4}}},
          {"encoding",
           {{"x", LayerAxis(panel.shares.size(), width, true)},
            {"y", {{"field", "expert"}, {"type", "ordinal"}, {"axis", axis}, {"scale", {{"padding", 0}}}}},
            {"color",
             {{"field", "share"},
              {"type", "quantitative"},
              {"scale", {{"domain", {0, greatest}}, {"scheme", kSequentialScheme}}},
              {"legend", legend}}},
            {"tooltip",
             {{{"field", "layer"}, {"type", "ordinal"}},
              {{"field", "expert"}, {"type", "ordinal"}},
              {{"field", "share"}, {"type", "quantitative"}, {"format", ".2%"}}}}}}};
}

OrderedJson EntropyView(const ExpertLoadFigure& figure, size_t index, double width) {
  OrderedJson axis = {{"values", {0, 0.5, 1}}, {"format", "~f"}};
  axis["title"] = index == 0 ? OrderedJson("entropy") : OrderedJson(nullptr);
  return {
      {"data", Dataset("entropy")},
      {"transform", {PanelFilter(index)}},
      {"width", width},
      {"height", kEntropyHeight},
      {"mark", {{"type", "bar"}, {"color", kSeriesColors[0]}, {"width", {{"band", 0.6}}}}},
      {"encoding",
       {{"x", LayerAxis(figure.panels[index].entropy.size(), width, false)},
        {"y",
         {{"field", "entropy"}, {"type", "quantitative"}, {"axis", axis}, {"scale", {{"domain", {0, 1}}}}}},
        {"tooltip",
         {{{"field", "layer"}, {"type", "ordinal"}},
          {{"field", "entropy"}, {"type", "quantitative"}, {"format", ".3f"}}}}}}};
}

}  // namespace

Figure MakeFigure(const ExpertLoadFigure& load) {
  const size_t count = load.panels.size();
  VFFN_CHECK(count == 1 || count == 2, "the figure of experts has ", count,
             " panels: it takes one or two models");
  double greatest = 0;
  bool entropy = false;
  for (const ExpertLoadPanel& panel : load.panels) {
    greatest = std::max(greatest, CheckPanel(panel));
    entropy = entropy || !panel.entropy.empty();
  }
  Figure figure{.name = load.name, .caption = load.caption, .width = load.width};
  figure.spec = MakeSpec(load.caption);
  figure.spec["datasets"]["load"] = LoadRows(load);
  if (entropy) {
    figure.spec["datasets"]["entropy"] = EntropyRows(load);
  }
  const double width = std::floor(
      (PixelsOf(load.width) - kLeftRoom - kLegendRoom - kInnerRoom * static_cast<double>(count - 1)) /
      static_cast<double>(count));
  OrderedJson columns = OrderedJson::array();
  for (size_t i = 0; i < count; ++i) {
    OrderedJson views = OrderedJson::array();
    if (entropy) {
      views.push_back(EntropyView(load, i, width));
    }
    views.push_back(LoadView(load, i, greatest > 0 ? greatest : 1, width));
    views[0]["title"] = PanelTitle(load.panels[i].title, width + kTitleReach, figure);
    columns.push_back({{"spacing", 6}, {"vconcat", std::move(views)}});
  }
  figure.spec["spacing"] = 8;
  figure.spec["resolve"] = {{"scale", {{"color", "independent"}}}};
  figure.spec["hconcat"] = std::move(columns);
  return figure;
}

}  // namespace vffn
