#include "reports/drawing/panel_drawing.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "reports/figures/panels.h"

namespace vffn {
namespace {

/// "A: b. C." -> {"A: b.", "C."}
std::vector<std::string> SentencesOf(const std::string& text) {
  std::vector<std::string> sentences;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find(". ", begin);
    sentences.push_back(text.substr(begin, end == std::string::npos ? end : end + 1 - begin));
    begin = end == std::string::npos ? text.size() : end + 2;
  }
  return sentences;
}

size_t ColumnsOf(size_t panels, const PanelArrangement& arrangement, const FigureStyle& style) {
  if (arrangement.least_width == 0) {
    return 1;
  }
  const double width = style.width.value_or(kTextWidth);
  const auto most = static_cast<size_t>(width / (arrangement.least_width * style.scale));
  const size_t columns = std::clamp<size_t>(most, 1, panels);
  const size_t rows = (panels + columns - 1) / columns;
  return (panels + rows - 1) / rows;  // 4 panels: 2 and 2 rather than 3 and 1
}

Figure DrawPanels(const std::vector<PanelDrawing>& panels, const PanelArrangement& arrangement,
                  FigureStyle style) {
  PanelLayout layout{.what = arrangement.what,
                     .columns = ColumnsOf(panels.size(), arrangement, style),
                     .shared = arrangement.shared};
  if (layout.columns > 1 && !style.width) {
    style.width = kTextWidth;
  }
  const double whole = style.width.value_or(0);
  if (layout.shared) {
    style.columns = layout.columns;
  } else if (layout.columns > 1) {  // each has its own axes and legends
    constexpr double kGap = 12;
    style.width = std::floor((*style.width + kGap) / static_cast<double>(layout.columns) - kGap);
  }
  style.title = true;  // it names the panel
  std::vector<Figure> figures;
  std::vector<std::string> captions;
  for (const PanelDrawing& panel : panels) {
    layout.labels.push_back(panel.label);
    figures.push_back(panel.figure.draw(style));
    captions.push_back(figures.back().caption);
  }
  Figure joined = JoinPanels(figures, layout, JoinSentences(captions));
  joined.width = std::max(joined.width, whole);
  return joined;
}

}  // namespace

std::string JoinSentences(const std::vector<std::string>& texts) {
  std::vector<std::string> sentences;
  for (const std::string& text : texts) {
    for (std::string& sentence : SentencesOf(text)) {
      if (std::ranges::find(sentences, sentence) == sentences.end()) {
        sentences.push_back(std::move(sentence));
      }
    }
  }
  std::string joined;
  for (const std::string& sentence : sentences) {
    joined.append(joined.empty() ? "" : " ").append(sentence);
  }
  return joined;
}

PreparedFigure ArrangePanels(std::vector<PanelDrawing> panels, const PanelArrangement& arrangement) {
  VFFN_CHECK(!panels.empty(), "there is nothing to draw");
  PreparedFigure prepared;
  for (const PanelDrawing& panel : panels) {
    prepared.facts.insert(prepared.facts.end(), panel.figure.facts.begin(), panel.figure.facts.end());
  }
  if (panels.size() == 1) {
    prepared.draw = panels[0].figure.draw;
  } else {
    prepared.draw = [panels = std::move(panels), arrangement](const FigureStyle& style) {
      return DrawPanels(panels, arrangement, style);
    };
  }
  return prepared;
}

}  // namespace vffn
