// A figure: one description, from which the page and the print files are drawn.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"

namespace vffn {

/// Printed size. A pixel of a specification is 1/96 inch.
enum class FigureWidth {
  kColumn,  ///< 3.3 inches: one column of a two-column paper
  kFull,    ///< 6.8 inches: across both
};

double PixelsOf(FigureWidth width);

struct Figure {
  std::string name;     ///< stem of its files: letters, digits, '-' and '_'
  std::string caption;  ///< what it shows, with its n and its limits; plain text
  FigureWidth width = FigureWidth::kColumn;

  /// A Vega-Lite 6 specification, complete: style, size, and the data as arrays of flat objects under
  /// "datasets".
  OrderedJson spec;

  /// What must be readable in every rendering, as often as it stands here: the words of a cloud, titles,
  /// labels.
  std::vector<std::string> texts;
};

/// One dataset of a figure as CSV (RFC 4180): a column per key in order of first appearance, null is empty.
std::string DatasetCsv(const OrderedJson& rows);

/// Throws Error unless the name is a plain stem, the specification has its datasets, and no number in it is
/// NaN or infinite.
void CheckFigure(const Figure& figure);

}  // namespace vffn
