// Places the words of a cloud so that they neither touch each other nor leave the area.
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
};

struct PlacedWord {
  size_t index = 0;  ///< of the word in the input
  double x = 0;      ///< middle of the advance, from the left
  double y = 0;      ///< baseline, from the top
  double font_size = 0;
  TextExtent ink;  ///< in the area's coordinates
};

struct WordLayout {
  std::vector<PlacedWord> words;  ///< the heaviest first
  std::vector<size_t> no_room;    ///< did not fit even in the least size
  std::vector<size_t> no_glyphs;  ///< no installed font has their characters
};

/// Puts the heaviest word in the middle and the others along a spiral around it. Areas are proportional to
/// weights (font sizes to their square roots), down to the least size; the greatest size is reduced until all
/// words fit. The layout does not depend on the order of the words. Throws Error if a weight is not greater
/// than 0.
WordLayout LayOutWords(std::span<const WeightedWord> words, const LayoutArea& area, TextMetrics& metrics);

}  // namespace vffn
