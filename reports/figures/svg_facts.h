// What an SVG file draws, as far as it can be told without drawing it.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace vffn {

struct SvgFacts {
  double width = 0;  ///< pixels
  double height = 0;
  std::multiset<std::string> texts;  ///< the lines of all text marks
  std::set<std::string> fonts;       ///< families named, as written
};

/// Throws Error beginning with `origin` unless `svg` is well-formed and begins with an <svg> of a size.
SvgFacts ReadSvgFacts(std::string_view svg, const std::string& origin);

}  // namespace vffn
