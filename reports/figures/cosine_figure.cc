#include "reports/figures/cosine_figure.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/figure_style.h"
#include "reports/figures/token_text.h"

namespace vffn {
namespace {

constexpr double kLabelRoom = 58;  // of token texts, beside the matrix and below it
constexpr double kTitleRoom = 16;  // of an axis
constexpr double kLegendRoom = 40;
constexpr double kGreatestSide = 250;
constexpr double kLabelPitch = 8;  // least distance of two labels

struct Range {
  double low = 1;
  double high = -1;
};

Range RangeOf(const CosineFigure& figure) {
  Range range;
  for (const CosinePanel& panel : figure.panels) {
    const size_t tokens = panel.tokens.size();
    VFFN_CHECK(tokens > 0 && panel.cosine.size() == tokens * tokens, "cosines of ", panel.title, ": ",
               panel.cosine.size(), " values for ", tokens, " tokens");
    for (const double value : panel.cosine) {
      VFFN_CHECK(std::abs(value) <= 1 + 1e-5, "cosines of ", panel.title, ": ", value,
                 " is not within -1..1");
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  }
  range.low = std::max(-1.0, std::floor(range.low * 10) / 10);
  range.high = std::min(1.0, std::ceil(range.high * 10) / 10);
  if (range.low >= range.high) {
    range.low = range.high - 0.1;
  }
  return range;
}

size_t Drawn(const CosineFigure& figure, const CosinePanel& panel) {
  return std::min(panel.tokens.size(), figure.max_tokens);
}

OrderedJson Rows(const CosineFigure& figure) {
  OrderedJson rows = OrderedJson::array();
  for (size_t index = 0; index < figure.panels.size(); ++index) {
    const CosinePanel& panel = figure.panels[index];
    const size_t drawn = Drawn(figure, panel);
    for (size_t i = 0; i < drawn; ++i) {
      for (size_t j = 0; j < drawn; ++j) {
        // Four decimals: more than a colour shows or a file needs.
        const double value = std::round(panel.cosine[i * panel.tokens.size() + j] * 1e4) / 1e4;
        rows.push_back({{"panel", index}, {"width_token", i}, {"depth_token", j}, {"cosine", value}});
      }
    }
  }
  return rows;
}

/// An axis whose labels are token texts, at every step-th token.
OrderedJson TokenAxis(const std::vector<std::string>& labels, size_t step, const std::string& branch) {
  OrderedJson values = OrderedJson::array();
  for (size_t i = 0; i < labels.size(); i += step) {
    values.push_back(i);
  }
  return {{"title", branch},
          {"values", values},
          {"labelExpr", OrderedJson(labels).dump() + "[datum.value]"},
          {"labelLimit", kLabelRoom - 6},
          {"labelFontSize", kLeastSize + 0.5},
          {"labelOverlap", false},
          {"ticks", step > 1},
          {"domain", false}};
}

std::string NoteOf(const CosineFigure& figure, const CosinePanel& panel, size_t step) {
  const size_t drawn = Drawn(figure, panel);
  std::string note;
  if (drawn < panel.tokens.size()) {
    note = "first " + std::to_string(drawn) + " of " + std::to_string(panel.tokens.size()) + " tokens";
  }
  if (step > 1) {
    note += (note.empty() ? "" : ", ") + std::string("1 in ") + std::to_string(step) + " labelled";
  }
  return note;
}

OrderedJson PanelView(const CosineFigure& cosine, size_t index, double side, const Range& range,
                      Figure& figure) {
  const CosinePanel& panel = cosine.panels[index];
  const size_t drawn = Drawn(cosine, panel);
  const auto step = static_cast<size_t>(std::ceil(kLabelPitch * static_cast<double>(drawn) / side));
  std::vector<std::string> labels;
  for (size_t i = 0; i < drawn; ++i) {
    labels.push_back(VisibleToken(panel.tokens[i]));
  }
  OrderedJson title = PanelTitle(panel.title, side + kLegendRoom, figure);
  if (const std::string note = NoteOf(cosine, panel, step); !note.empty()) {
    title["subtitle"] = note;
    title["subtitleFontSize"] = kLabelSize;
    title["subtitleColor"] = kQuietInk;
  }
  OrderedJson x = TokenAxis(labels, step, "depth branch");
  x["labelAngle"] = -90;
  const OrderedJson scale = {{"padding", 0}};
  const bool last = index + 1 == cosine.panels.size();
  OrderedJson legend = nullptr;
  if (last || cosine.width == FigureWidth::kColumn) {
    legend = {{"title", "cosine"},      {"gradientLength", std::min(side, 120.0)},
              {"gradientThickness", 9}, {"tickCount", 4},
              {"format", ".2~f"},       {"offset", 6}};
  }
  return {{"title", title},
          {"data", Dataset("cosine")},
          {"transform", {PanelFilter(index)}},
          {"width", side},
          {"height", side},
          {"mark", {{"type", "rect"}, {"strokeWidth", 0}, {"aria", false}}},
          {"encoding",
           {{"x", {{"field", "depth_token"}, {"type", "ordinal"}, {"axis", x}, {"scale", scale}}},
            {"y",
             {{"field", "width_token"},
              {"type", "ordinal"},
              {"axis", TokenAxis(labels, step, "width branch")},
              {"scale", scale}}},
            {"color",
             {{"field", "cosine"},
              {"type", "quantitative"},
              {"scale", {{"domain", {range.low, range.high}}, {"scheme", kSequentialScheme}}},
              {"legend", legend}}},
            {"tooltip",
             {{{"field", "width_token"}, {"type", "ordinal"}},
              {{"field", "depth_token"}, {"type", "ordinal"}},
              {{"field", "cosine"}, {"type", "quantitative"}, {"format", ".4f"}}}}}}};
}

}  // namespace

Figure MakeFigure(const CosineFigure& cosine) {
  const size_t count = cosine.panels.size();
  VFFN_CHECK(count == 1 || count == 2, "the figure of cosines has ", count,
             " panels: it takes one or two models");
  VFFN_CHECK(cosine.max_tokens > 0, "the figure of cosines: max_tokens is 0");
  const Range range = RangeOf(cosine);
  Figure figure{.name = cosine.name, .caption = cosine.caption, .width = cosine.width};
  figure.spec = MakeSpec(cosine.caption);
  figure.spec["datasets"]["cosine"] = Rows(cosine);

  const bool beside = count == 2 && cosine.width == FigureWidth::kFull;
  const double columns = beside ? 2 : 1;
  const double room = PixelsOf(cosine.width) - kLegendRoom - columns * (kLabelRoom + kTitleRoom);
  const double side =
      std::min(std::floor(room / columns) - 8,
               cosine.width == FigureWidth::kFull && !beside ? 2 * kGreatestSide : kGreatestSide);
  OrderedJson views = OrderedJson::array();
  for (size_t i = 0; i < count; ++i) {
    views.push_back(PanelView(cosine, i, side, range, figure));
  }
  figure.spec["spacing"] = 8;
  figure.spec[beside ? "hconcat" : "vconcat"] = std::move(views);
  figure.spec["resolve"] = {{"scale", {{"color", "independent"}}}};
  return figure;
}

}  // namespace vffn
