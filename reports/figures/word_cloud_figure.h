// Figure 6: the words of each bin of lambda.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

struct CloudWord {
  std::string text;
  double weight = 0;             ///< greater than 0; areas go with it
  std::optional<int64_t> count;  ///< for the data file and the tooltip
};

struct CloudPanel {
  std::string title;             ///< "λ = 0.25 (3 loops)"
  std::vector<CloudWord> words;  ///< the heaviest `max_words` are drawn
};

struct WordCloudFigure {
  std::string name = "words";
  std::string title;  ///< above all panels: the model
  std::string caption;
  std::string weight_name = "weight";  ///< "count", "log-odds z"
  FigureWidth width = FigureWidth::kFull;
  size_t max_words = 60;  ///< of a panel
  double panel_height = 150;
  std::vector<CloudPanel> panels;  ///< one per bin, at most 8
};

/// Dataset "words": every word of every panel that was asked for, with its place; a word that could not be
/// placed has none, and the panel says how many those are. Throws Error if the font is missing (TextMetrics),
/// a word is no UTF-8 or spans lines, or a weight is not greater than 0.
Figure MakeFigure(const WordCloudFigure& cloud);

}  // namespace vffn
