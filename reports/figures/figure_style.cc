#include "reports/figures/figure_style.h"

#include <algorithm>
#include <cmath>

#include "reports/figures/text_fit.h"

namespace vffn {
namespace {

OrderedJson AxisStyle() {
  return {{"labelFontSize", kLabelSize},
          {"titleFontSize", kTitleSize},
          {"titleFontWeight", "normal"},
          {"labelColor", kInk},
          {"titleColor", kInk},
          {"domainColor", kQuietInk},
          {"tickColor", kQuietInk},
          {"gridColor", kRule},
          {"gridWidth", 0.5},
          {"tickSize", 3},
          {"labelPadding", 2},
          {"titlePadding", 4},
          {"labelOverlap", "greedy"}};
}

OrderedJson LegendStyle() {
  return {{"labelFontSize", kLabelSize},
          {"titleFontSize", kTitleSize},
          {"titleFontWeight", "normal"},
          {"labelColor", kInk},
          {"titleColor", kInk},
          {"labelLimit", 0},
          {"titleLimit", 0},
          {"rowPadding", 1},
          {"columnPadding", 8}};
}

}  // namespace

OrderedJson SeriesDashes() {
  return OrderedJson::array(
      {OrderedJson::array({1, 0}), {4, 2}, {1, 1.5}, {6, 2, 1, 2}, {2, 2}, {8, 2}, {3, 1}});
}

OrderedJson MakeSpec(const std::string& description) {
  OrderedJson spec;
  spec["$schema"] = "https://vega.github.io/schema/vega-lite/v6.json";
  spec["description"] = description;
  spec["background"] = "white";
  spec["padding"] = 2;
  spec["config"] = {{"font", kFigureFont},
                    {"axis", AxisStyle()},
                    {"legend", LegendStyle()},
                    {"title",
                     {{"fontSize", kPanelSize},
                      {"fontWeight", "bold"},
                      {"color", kInk},
                      {"anchor", "middle"},
                      {"offset", 5}}},
                    {"view", {{"stroke", nullptr}}},
                    {"text", {{"fontSize", kLabelSize}, {"color", kInk}}}};
  return spec;
}

OrderedJson Dataset(std::string_view name) { return {{"name", name}}; }

OrderedJson PanelFilter(size_t panel) { return {{"filter", {{"field", "panel"}, {"equal", panel}}}}; }

OrderedJson LayerTicks(size_t layers, double width) {
  constexpr double kLabelPitch = 16;
  const auto step = static_cast<size_t>(std::ceil(static_cast<double>(layers) * kLabelPitch / width));
  OrderedJson ticks = OrderedJson::array();
  for (size_t layer = 0; layer < layers; layer += std::max<size_t>(1, step)) {
    ticks.push_back(layer);
  }
  return ticks;
}

OrderedJson PanelTitle(const std::string& text, double width, Figure& figure) {
  constexpr double kBold = 1.1;  // how much wider than the regular face that is measured
  TextMetrics metrics;
  const std::vector<std::string> lines = WrapText(text, width, kPanelSize * kBold, metrics);
  figure.texts.insert(figure.texts.end(), lines.begin(), lines.end());
  return {{"text", lines}, {"limit", 0}};
}

}  // namespace vffn
