// Where the words of a cloud go: no two touch, none is cut.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/figures/text_metrics.h"

namespace vffn {

struct WeightedWord {
  std::string text;   ///< well-formed UTF-8 on one line
  double weight = 0;  ///< greater than 0
};

struct LayoutArea {
  double width = 0;
  double height = 0;
  double least_size = 7;      ///< of a font, pixels
  double greatest_size = 36;  ///< of a font, pixels
  double gap_x = 4.5;         ///< least distance between the ink of two words beside each other: a blank's
  double gap_y = 1.5;         ///< ... and below each other
};

struct PlacedWord {
  size_t index = 0;  ///< in the words given
  double x = 0;      ///< the middle of the text's advance, from the left
  double y = 0;      ///< the baseline, from the top
  double font_size = 0;
  TextExtent ink;  ///< in the area's coordinates
};

struct WordLayout {
  std::vector<PlacedWord> words;  ///< the heaviest first
  std::vector<size_t> no_room;    ///< did not fit even in the least size
  std::vector<size_t> no_glyphs;  ///< written in a script that no installed font has
};

/// Words upright, the heaviest in the middle, the others along a spiral around it. Font sizes go with the
/// square root of the weight (so areas go with the weight), down to the least size; the largest is shrunk
/// until all words fit. The same words in any order give the same layout.
WordLayout LayOutWords(std::span<const WeightedWord> words, const LayoutArea& area, TextMetrics& metrics);

}  // namespace vffn
