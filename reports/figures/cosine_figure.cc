#include "reports/figures/cosine_figure.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/figure_template.h"
#include "reports/figures/templates/cosine.vl.json.h"
#include "reports/figures/token_text.h"

namespace vffn {
namespace {

constexpr size_t kMostTokens = 96;
constexpr double kSide = 194;       // of the matrix: the column without token labels and legend
constexpr double kLegendRoom = 40;  // beside the matrix, which the title may use
constexpr double kLabelPitch = 8;   // least distance of two labels

/// Tenths around all cosines, for the colours.
std::vector<double> ColourDomain(const CosineFigure& figure) {
  const size_t tokens = figure.tokens.size();
  VFFN_CHECK(tokens > 0 && figure.cosine.size() == tokens * tokens, "cosines of ", figure.model, ": ",
             figure.cosine.size(), " values for ", tokens, " tokens");
  double low = 1, high = -1;
  for (const double value : figure.cosine) {
    VFFN_CHECK(std::abs(value) <= 1 + 1e-5, "cosines of ", figure.model, ": ", value, " is not within -1..1");
    low = std::min(low, value);
    high = std::max(high, value);
  }
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

/// Null if every token is drawn and labelled.
JsonText NoteOf(const CosineFigure& figure, size_t drawn, size_t step) {
  std::string note;
  if (drawn < figure.tokens.size()) {
    note = "first " + std::to_string(drawn) + " of " + std::to_string(figure.tokens.size()) + " tokens";
  }
  if (step > 1) {
    note += (note.empty() ? "" : ", ") + std::string("1 in ") + std::to_string(step) + " labelled";
  }
  return note.empty() ? JsonText(nullptr) : JsonText(note);
}

}  // namespace

Figure MakeFigure(const CosineFigure& cosine) {
  const std::vector<double> domain = ColourDomain(cosine);
  const size_t drawn = std::min(cosine.tokens.size(), kMostTokens);
  const auto step = static_cast<size_t>(std::ceil(kLabelPitch * static_cast<double>(drawn) / kSide));
  std::vector<size_t> labelled;
  for (size_t i = 0; i < drawn; i += step) {
    labelled.push_back(i);
  }
  Figure figure{.name = cosine.name, .caption = cosine.caption, .datasets = {Rows(cosine, drawn)}};
  figure.specification = MakeSpecification(cosine.caption, kCosineVlJson,
                                           {{"title", PanelTitle(cosine.model, kSide + kLegendRoom, figure)},
                                            {"note", NoteOf(cosine, drawn, step)},
                                            {"label_size", kLabelSize},
                                            {"side", kSide},
                                            {"labelled_tokens", labelled},
                                            {"token_labels", LabelExpression(cosine, drawn)},
                                            {"ticks", step > 1},
                                            {"cosine_domain", domain}});
  return figure;
}

}  // namespace vffn
