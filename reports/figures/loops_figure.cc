#include "reports/figures/loops_figure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "reports/figures/figure_style.h"

namespace vffn {
namespace {

constexpr double kMeanHeight = 110;
constexpr double kShareHeight = 80;
constexpr double kLeftAxis = 38;   // title and labels of the first panel's y axes
constexpr double kInnerAxis = 22;  // labels alone
constexpr double kLegend = 44;

void CheckLayer(const LoopsPanel& panel, size_t layer, bool histogram) {
  const LoopsBar& loops = panel.layers[layer];
  const auto where = [&] { return "loops of " + panel.title + ", layer " + std::to_string(layer) + ": "; };
  // Means of counts in this range, summed in floating point.
  constexpr double kRounding = 1e-6;
  VFFN_CHECK(loops.mean >= 1 - kRounding && loops.mean <= panel.max_loops + kRounding, where(), "a mean of ",
             loops.mean, " is not within 1..", panel.max_loops);
  VFFN_CHECK(loops.low.has_value() == loops.high.has_value(), where(), "half an interval");
  VFFN_CHECK(!loops.low.has_value() || (*loops.low <= loops.mean && loops.mean <= *loops.high), where(),
             "the mean ", loops.mean, " is outside of its interval");
  if (histogram) {
    VFFN_CHECK(loops.shares.size() == static_cast<size_t>(panel.max_loops), where(), loops.shares.size(),
               " shares for ", panel.max_loops, " loops");
    const double sum = std::accumulate(loops.shares.begin(), loops.shares.end(), 0.0);
    VFFN_CHECK(std::abs(sum - 1) < kRounding, where(), "the shares add up to ", sum);
  }
}

OrderedJson MeanRows(const LoopsFigure& figure) {
  OrderedJson rows = OrderedJson::array();
  for (size_t panel = 0; panel < figure.panels.size(); ++panel) {
    for (size_t layer = 0; layer < figure.panels[panel].layers.size(); ++layer) {
      const LoopsBar& loops = figure.panels[panel].layers[layer];
      OrderedJson row = {
          {"panel", panel}, {"model", figure.panels[panel].title}, {"layer", layer}, {"mean", loops.mean}};
      if (loops.low.has_value()) {
        row["low"] = *loops.low;
        row["high"] = *loops.high;
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

OrderedJson ShareRows(const LoopsFigure& figure) {
  OrderedJson rows = OrderedJson::array();
  for (size_t panel = 0; panel < figure.panels.size(); ++panel) {
    const LoopsPanel& model = figure.panels[panel];
    for (size_t layer = 0; layer < model.layers.size(); ++layer) {
      for (size_t i = 0; i < model.layers[layer].shares.size(); ++i) {
        rows.push_back({{"panel", panel},
                        {"model", model.title},
                        {"layer", layer},
                        {"loops", i + 1},
                        {"share", model.layers[layer].shares[i]}});
      }
    }
  }
  return rows;
}

OrderedJson LayerAxis(size_t layers, double width, bool labels) {
  OrderedJson axis = {{"values", LayerTicks(layers, width)}, {"labelAngle", 0}, {"grid", false}};
  axis["title"] = labels ? OrderedJson("layer") : OrderedJson(nullptr);
  axis["labels"] = labels;
  return {{"field", "layer"}, {"type", "ordinal"}, {"axis", axis}, {"scale", {{"paddingOuter", 0.3}}}};
}

OrderedJson MeanView(const LoopsFigure& loops, size_t index, int max_loops, double width, Figure& figure) {
  const LoopsPanel& panel = loops.panels[index];
  OrderedJson axis = {{"tickMinStep", 1}, {"tickCount", std::min(max_loops, 6)}, {"format", "d"}};
  axis["title"] = index == 0 ? OrderedJson("mean loops") : OrderedJson(nullptr);
  const OrderedJson x = LayerAxis(panel.layers.size(), width, !loops.histogram);
  // The whole range a mean can have, so that a rise looks as large as it is.
  const OrderedJson scale = {{"domain", {1, std::max(max_loops, 2)}}, {"zero", false}, {"nice", false}};
  const OrderedJson y = {{"field", "mean"}, {"type", "quantitative"}, {"axis", axis}, {"scale", scale}};
  OrderedJson tooltip =
      OrderedJson::array({{{"field", "layer"}, {"type", "ordinal"}},
                          {{"field", "mean"}, {"type", "quantitative"}, {"format", ".3f"}}});
  OrderedJson layers = OrderedJson::array();
  layers.push_back({{"mark", {{"type", "line"}, {"strokeWidth", 1}, {"opacity", 0.45}}},
                    {"encoding", {{"x", x}, {"y", y}}}});
  if (panel.layers.front().low.has_value()) {
    layers.push_back(
        {{"mark", {{"type", "rule"}, {"strokeWidth", 1.2}}},
         {"encoding",
          {{"x", x}, {"y", {{"field", "low"}, {"type", "quantitative"}}}, {"y2", {{"field", "high"}}}}}});
    for (const char* end : {"low", "high"}) {
      layers.push_back({{"mark", {{"type", "tick"}, {"orient", "horizontal"}, {"size", 4}, {"thickness", 1}}},
                        {"encoding", {{"x", x}, {"y", {{"field", end}, {"type", "quantitative"}}}}}});
      tooltip.push_back({{"field", end}, {"type", "quantitative"}, {"format", ".3f"}});
    }
  }
  layers.push_back({{"mark", {{"type", "point"}, {"filled", true}, {"size", 18}, {"opacity", 1}}},
                    {"encoding", {{"x", x}, {"y", y}, {"tooltip", tooltip}}}});
  for (OrderedJson& layer : layers) {
    layer["mark"]["color"] = kSeriesColors[index];
  }
  return {{"title", PanelTitle(panel.title, width + kTitleReach, figure)},
          {"data", Dataset("loops")},
          {"transform", {PanelFilter(index)}},
          {"width", width},
          {"height", kMeanHeight},
          {"layer", layers}};
}

OrderedJson ShareView(const LoopsFigure& figure, size_t index, int max_loops, double width) {
  OrderedJson axis = {{"format", ".0%"}, {"tickCount", 3}, {"grid", false}};
  axis["title"] = index == 0 ? OrderedJson("share of tokens") : OrderedJson(nullptr);
  OrderedJson domain = OrderedJson::array();
  for (int loops = 1; loops <= max_loops; ++loops) {
    domain.push_back(loops);
  }
  OrderedJson legend = nullptr;
  if (index + 1 == figure.panels.size()) {
    legend = {{"title", "loops"}, {"orient", "right"}, {"offset", 6}};
  }
  const OrderedJson color = {
      {"field", "loops"},
      {"type", "ordinal"},
      {"scale", {{"domain", domain}, {"scheme", kSequentialScheme}, {"reverse", true}}},
      {"legend", legend}};
  return {{"data", Dataset("histogram")},
          {"transform", {PanelFilter(index)}},
          {"width", width},
          {"height", kShareHeight},
          {"mark", {{"type", "bar"}, {"stroke", "white"}, {"strokeWidth", 0.4}}},
          {"encoding",
           {{"x", LayerAxis(figure.panels[index].layers.size(), width, true)},
            {"y",
             {{"field", "share"},
              {"type", "quantitative"},
              {"axis", axis},
              {"scale", {{"domain", {0, 1}}}},
              {"stack", "zero"}}},
            {"order", {{"field", "loops"}}},
            {"color", color},
            {"tooltip",
             {{{"field", "layer"}, {"type", "ordinal"}},
              {{"field", "loops"}, {"type", "ordinal"}},
              {{"field", "share"}, {"type", "quantitative"}, {"format", ".1%"}}}}}}};
}

}  // namespace

Figure MakeFigure(const LoopsFigure& loops) {
  const size_t count = loops.panels.size();
  VFFN_CHECK(count == 1 || count == 2, "the figure of loops has ", count,
             " panels: it takes one or two models");
  int max_loops = 1;
  for (const LoopsPanel& panel : loops.panels) {
    VFFN_CHECK(!panel.layers.empty(), "the figure of loops: ", panel.title, " has no layers");
    for (size_t layer = 0; layer < panel.layers.size(); ++layer) {
      CheckLayer(panel, layer, loops.histogram);
    }
    max_loops = std::max(max_loops, panel.max_loops);
  }
  Figure figure{.name = loops.name, .caption = loops.caption, .width = loops.width};
  if (!loops.interval.empty()) {
    figure.caption += " Bars: " + loops.interval + ".";
  }
  figure.spec = MakeSpec(figure.caption);
  figure.spec["datasets"]["loops"] = MeanRows(loops);
  if (loops.histogram) {
    figure.spec["datasets"]["histogram"] = ShareRows(loops);
  }
  const double left = loops.histogram ? kLeftAxis + 10 : kLeftAxis;  // the labels of shares are wider
  const double inner = loops.histogram ? kInnerAxis + 16 : kInnerAxis;
  const double width = std::floor((PixelsOf(loops.width) - left - (loops.histogram ? kLegend : 0) -
                                   inner * static_cast<double>(count - 1) - 6) /
                                  static_cast<double>(count));
  OrderedJson columns = OrderedJson::array();
  for (size_t i = 0; i < count; ++i) {
    OrderedJson views = OrderedJson::array();
    views.push_back(MeanView(loops, i, max_loops, width, figure));
    if (loops.histogram) {
      views.push_back(ShareView(loops, i, max_loops, width));
    }
    columns.push_back({{"spacing", 6},
                       {"resolve", {{"legend", {{"color", "independent"}}}}},
                       {"vconcat", std::move(views)}});
  }
  figure.spec["spacing"] = 8;
  figure.spec["resolve"] = {{"scale", {{"color", "independent"}}}, {"legend", {{"color", "independent"}}}};
  figure.spec["hconcat"] = std::move(columns);
  return figure;
}

}  // namespace vffn
