// Makes a text as narrow as its place: names that people choose have any length.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/figures/text_metrics.h"

namespace vffn {

/// Lines no wider than `width` pixels: broken after blanks, '-', '_', '/' and '.', and inside what is too
/// long all the same. Blanks at breaks are dropped. Every line has a character, however narrow the place.
std::vector<std::string> WrapText(std::string_view text, double width, double font_size,
                                  TextMetrics& metrics);

/// The text, or its beginning and end with "…" between them, no wider than `width` pixels (a character of
/// either end stays, however narrow the place).
std::string ShortenText(std::string_view text, double width, double font_size, TextMetrics& metrics);

}  // namespace vffn
