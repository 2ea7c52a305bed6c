// Lengths as people write them: "80mm", "3.3in", "240pt", "column".
#pragma once

#include <string>
#include <vector>

namespace vffn {

/// Pixels of 1/96 inch. A number without a unit is in millimetres; units are mm, cm, in, pt (1/72 inch) and
/// px. A name is the width of a template (LengthNames). Throws Error, beginning with `option`, on anything
/// else, and unless it is between 20 mm and 1 m.
double ParseLength(const std::string& text, const std::string& option);

struct NamedLength {
  std::string name;
  double millimetres = 0;
  std::string what;  ///< "a column of a two-column paper"
};

/// Widths of common templates.
const std::vector<NamedLength>& NamedLengths();

}  // namespace vffn
