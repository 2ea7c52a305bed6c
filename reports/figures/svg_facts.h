// Size, texts and fonts of an SVG file.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace vffn {

struct SvgFacts {
  double width = 0;  ///< pixels
  double height = 0;
  std::multiset<std::string> texts;  ///< lines of text
  std::set<std::string> fonts;       ///< values of font-family
  std::set<double> font_sizes;       ///< pixels
};

/// Throws Error, beginning with `origin`, unless `svg` is well-formed and its <svg> has a width and a height.
SvgFacts ReadSvgFacts(std::string_view svg, const std::string& origin);

}  // namespace vffn
