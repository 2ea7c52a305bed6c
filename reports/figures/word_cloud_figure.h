// Figure 6: the words of each bin of lambda.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/figures/figure_style.h"

namespace vffn {

struct CloudWord {
  std::string text;
  double weight = 0;  ///< greater than 0; the area of a word is proportional to it
  int64_t count = 0;  ///< for the data file and the tooltip
};

struct CloudPanel {
  std::string title;             ///< "λ = 0.25 (3 loops)"
  std::vector<CloudWord> words;  ///< the 60 heaviest are drawn
};

struct WordCloudFigure {
  std::string name = "words";
  std::string title;  ///< above all panels: the model
  std::string note;   ///< below the title: which tokens, docs and tasks; may be empty
  std::string caption;
  std::string weight_name = "weight";  ///< "count", "log-odds z"
  std::vector<CloudPanel> panels;      ///< one per bin, at most 8
};

/// Dataset "words": the words of every panel with their positions; a word without room has none, and the
/// panel says how many those are. Dataset "panels": the frames. Throws Error if the font is missing
/// (TextMetrics), if a word is not UTF-8 or not one word, or if a weight is not greater than 0.
Figure MakeFigure(const WordCloudFigure& cloud, const FigureStyle& style = {});

}  // namespace vffn
