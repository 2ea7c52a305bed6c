#include "reports/figures/figure_style.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/figures/text_metrics.h"

namespace vffn {

double FigureStyle::PlotWidth(double natural, double room) const {
  constexpr double kGap = 16, kLeast = 40;
  const double whole = width.value_or(natural);
  const auto plots = static_cast<double>(columns);
  const double plot = std::floor((whole - room * scale - kGap * (plots - 1)) / plots) + more_width;
  VFFN_CHECK(plot >= kLeast, "a figure of ", whole * 25.4 / 96, " mm has no room for ",
             columns == 1 ? "its plot" : "its " + std::to_string(columns) + " plots",
             " beside axes and legends: make it wider or the font smaller");
  return plot;
}

Figure FigureStyle::Begin(std::string name, std::string caption, double natural) const {
  return {.name = std::move(name),
          .caption = std::move(caption),
          .width = width.value_or(natural),
          .font = font,
          .least_size = least_size()};
}

JsonText SizeJson(double pixels) {
  return pixels == std::floor(pixels) ? JsonText(static_cast<int64_t>(pixels)) : JsonText(pixels);
}

std::vector<size_t> LayerTicks(size_t layers, double width, const FigureStyle& style) {
  constexpr double kLabelPitch = 16;
  const auto step =
      static_cast<size_t>(std::ceil(static_cast<double>(layers) * kLabelPitch * style.scale / width));
  std::vector<size_t> ticks;
  for (size_t layer = 0; layer < layers; layer += std::max<size_t>(1, step)) {
    ticks.push_back(layer);
  }
  return ticks;
}

std::vector<std::string> PanelTitle(const std::string& text, double width, const FigureStyle& style,
                                    Figure& figure) {
  constexpr double kBold = 1.1;  // how much wider than the regular face that is measured
  TextMetrics metrics(style.font);
  std::vector<std::string> lines = metrics.Wrap(text, width, style.panel_size() * kBold);
  figure.texts.insert(figure.texts.end(), lines.begin(), lines.end());
  return lines;
}

namespace {

constexpr const char* kNoteColour = "#5c5c5c";

/// No lines if the style or the figure has none.
std::vector<std::string> NoteLines(const std::string& note, double width, const FigureStyle& style,
                                   Figure& figure) {
  if (note.empty()) {
    return {};
  }
  TextMetrics metrics(style.font);
  std::vector<std::string> lines = metrics.Wrap(note, width, style.label_size());
  figure.texts.insert(figure.texts.end(), lines.begin(), lines.end());
  return lines;
}

}  // namespace

JsonText NoteJson(const std::string& note, double width, const FigureStyle& style, Figure& figure) {
  const std::vector<std::string> lines = NoteLines(note, width, style, figure);
  return lines.empty() ? JsonText()
                       : JsonText::Object({{"text", lines},
                                           {"limit", 0},
                                           {"fontSize", style.label_size()},
                                           {"fontWeight", "normal"},
                                           {"color", kNoteColour}});
}

JsonText TitleJson(const std::string& title, const std::string& note, double width, const FigureStyle& style,
                   Figure& figure) {
  if (!style.title || title.empty()) {
    return NoteJson(note, width, style, figure);
  }
  const std::vector<std::string> title_lines = PanelTitle(title, width, style, figure);
  const std::vector<std::string> note_lines = NoteLines(note, width, style, figure);
  const bool noted = !note_lines.empty();
  return JsonText::Object({{"text", title_lines},
                           {"limit", 0},
                           {"subtitle", note_lines.size() > 1 ? JsonText(note_lines)
                                        : noted               ? JsonText(note_lines.front())
                                                              : JsonText()},
                           {"subtitleFontSize", noted ? JsonText(style.label_size()) : JsonText()},
                           {"subtitleColor", noted ? JsonText(kNoteColour) : JsonText()}});
}

std::vector<std::string> ShortLabels(const std::vector<std::string>& texts, double width,
                                     const FigureStyle& style) {
  constexpr double kMarkRoom = 6;
  TextMetrics metrics(style.font);
  std::vector<std::string> labels;
  for (const std::string& text : texts) {
    std::string label = metrics.Shorten(text, width - kMarkRoom, style.label_size());
    while (std::ranges::find(labels, label) != labels.end()) {
      label += "'";
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

std::vector<std::string> SeriesOf(const std::vector<std::string>& names, const std::string& figure,
                                  const FigureStyle& style) {
  std::vector<std::string> series;
  for (const std::string& name : names) {
    if (std::ranges::find(series, name) == series.end()) {
      series.push_back(name);
    }
  }
  VFFN_CHECK(series.size() <= kMostSeries, figure, ": ", series.size(), " series, but only ", kMostSeries,
             " colours that can be told apart");
  style.palette.CheckHas(series.size(), "series");
  return series;
}

}  // namespace vffn
