#include "reports/figures/cosine_figure.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/templates/cosine.vl.json.h"
#include "reports/figures/templates/cosine_layers.vl.json.h"
#include "reports/figures/token_text.h"

namespace vffn {
namespace {

constexpr size_t kMostTokens = 96;
constexpr double kRoom = 122;       // beside the matrix: token labels and legend
constexpr double kLegendRoom = 40;  // beside the matrix, which the title may use
constexpr double kLabelPitch = 8;   // least distance of two labels

std::pair<double, double> TenthsAround(double low, double high) {
  low = std::max(-1.0, std::floor(low * 10) / 10);
  high = std::min(1.0, std::ceil(high * 10) / 10);
  return {low < high ? low : high - 0.1, high};
}

Dataset Rows(const CosineFigure& figure, size_t drawn) {
  Dataset data{.name = "cosine"};
  for (size_t i = 0; i < drawn; ++i) {
    for (size_t j = 0; j < drawn; ++j) {
      // Four decimals: more than a colour shows or a file needs.
      const double value = std::round(figure.cosine[i * figure.tokens.size() + j] * 1e4) / 1e4;
      data.rows.push_back({{"panel", 0}, {"width_token", i}, {"depth_token", j}, {"cosine", value}});
    }
  }
  return data;
}

/// A Vega expression of a token's label.
std::string LabelExpression(const CosineFigure& figure, size_t drawn) {
  std::vector<std::string> labels;
  for (size_t i = 0; i < drawn; ++i) {
    labels.push_back(VisibleToken(figure.tokens[i]));
  }
  return JsonText(labels).text() + "[datum.value]";
}

/// Empty if every token is drawn and labelled.
std::string SampleNote(const CosineFigure& figure, size_t drawn, size_t step) {
  std::string note;
  if (drawn < figure.tokens.size()) {
    note = "first " + std::to_string(drawn) + " of " + std::to_string(figure.tokens.size()) + " tokens";
  }
  if (step > 1) {
    note += (note.empty() ? "" : ", ") + std::string("1 in ") + std::to_string(step) + " labelled";
  }
  return note;
}

}  // namespace

std::pair<double, double> ColourDomain(const CosineFigure& figure) {
  const size_t tokens = figure.tokens.size();
  VFFN_CHECK(tokens > 0 && figure.cosine.size() == tokens * tokens, "cosines of ", figure.model, ": ",
             figure.cosine.size(), " values for ", tokens, " tokens");
  double low = 1, high = -1;
  for (const double value : figure.cosine) {
    VFFN_CHECK(std::abs(value) <= 1 + 1e-5, "cosines of ", figure.model, ": ", value, " is not within -1..1");
    low = std::min(low, value);
    high = std::max(high, value);
  }
  return TenthsAround(low, high);
}

Figure MakeFigure(const CosineFigure& cosine, const FigureStyle& style) {
  const std::pair<double, double> domain = cosine.domain.value_or(ColourDomain(cosine));
  const double side = style.PlotWidth(kColumnWidth, kRoom), height = side * style.stretch;
  const size_t drawn = std::min(cosine.tokens.size(), kMostTokens);
  const auto step = static_cast<size_t>(
      std::ceil(kLabelPitch * style.scale * static_cast<double>(drawn) / std::min(side, height)));
  std::vector<size_t> labelled;
  for (size_t i = 0; i < drawn; i += step) {
    labelled.push_back(i);
  }
  Figure figure = style.Begin(cosine.name, cosine.caption, kColumnWidth);
  figure.datasets = {Rows(cosine, drawn)};
  const ColourScale colours = NumberColours(style.palette);
  const std::string sample = SampleNote(cosine, drawn, step);
  const std::string subject = style.Note(cosine.note);
  const std::string note = subject + (subject.empty() || sample.empty() ? "" : "; ") + sample;
  figure.specification = MakeSpecification(
      cosine.caption, kCosineVlJson,
      {{"title", TitleJson(cosine.model, note, side + kLegendRoom * style.scale, style, figure)},
       {"width", side},
       {"height", height},
       {"labelled_tokens", labelled},
       {"token_labels", LabelExpression(cosine, drawn)},
       {"token_size", style.token_size()},
       {"token_room", SizeJson(52 * style.scale)},
       {"ticks", step > 1},
       {"cosine_domain", std::vector{domain.first, domain.second}},
       {"legend_length", SizeJson(120 * std::min(1.0, style.stretch))},
       {"scheme", colours.scheme},
       {"range", colours.range}},
      style);
  return figure;
}

namespace {

Dataset LayerRows(const CosineLayersFigure& cosine) {
  Dataset data{.name = "cosine"};
  for (const CosineLayer& layer : cosine.layers) {
    VFFN_CHECK(layer.low.has_value() == layer.high.has_value() &&
                   (!layer.low || (*layer.low <= layer.mean && layer.mean <= *layer.high)),
               "cosines of ", cosine.model, ", layer ", layer.layer, ": the mean ", layer.mean,
               " is outside of its interval");
    data.rows.push_back({{"model", cosine.model},
                         {"layer", layer.layer},
                         {"mean", layer.mean},
                         {"low", layer.low},
                         {"high", layer.high},
                         {"below", std::max(-1.0, layer.mean - layer.deviation)},
                         {"above", std::min(1.0, layer.mean + layer.deviation)}});
  }
  return data;
}

}  // namespace

std::pair<double, double> CosineRange(const CosineLayersFigure& cosine) {
  double low = 1, high = -1;
  for (const CosineLayer& layer : cosine.layers) {
    low = std::min({low, layer.mean - layer.deviation, layer.low.value_or(layer.mean)});
    high = std::max({high, layer.mean + layer.deviation, layer.high.value_or(layer.mean)});
  }
  return TenthsAround(low, high);
}

Figure MakeFigure(const CosineLayersFigure& cosine, const FigureStyle& style) {
  constexpr double kLayersRoom = 48, kLayersHeight = 140;
  VFFN_CHECK(!cosine.layers.empty(), "the figure of cosines: ", cosine.model, " has no layers");
  const double width = style.PlotWidth(kColumnWidth, kLayersRoom);
  const std::pair<double, double> domain = cosine.domain.value_or(CosineRange(cosine));
  Figure figure = style.Begin("cosine-layers", cosine.caption, kColumnWidth);
  figure.datasets = {LayerRows(cosine)};
  std::vector<int64_t> layers, ticks;
  std::ranges::transform(cosine.layers, std::back_inserter(layers), &CosineLayer::layer);
  for (const size_t tick : LayerTicks(layers.size(), width, style)) {
    ticks.push_back(layers[tick]);
  }
  figure.specification = MakeSpecification(cosine.caption, kCosineLayersVlJson,
                                           {{"title", TitleJson(cosine.model, style.Note(cosine.note),
                                                                width + style.title_reach(), style, figure)},
                                            {"width", width},
                                            {"height", kLayersHeight * style.stretch},
                                            {"layer_ticks", ticks},
                                            {"intervals", cosine.layers.front().low.has_value()},
                                            {"colour", style.palette.Colour()},
                                            {"cosine_domain", std::vector{domain.first, domain.second}}},
                                           style);
  return figure;
}

}  // namespace vffn
