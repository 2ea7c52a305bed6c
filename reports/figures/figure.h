// A figure: a Vega-Lite specification and its data. The page and the print files are drawn from it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reports/figures/json_text.h"

namespace vffn {

/// Printed width. A pixel of a specification is 1/96 inch.
enum class FigureWidth {
  kColumn,  ///< 3.3 inches: one column of a two-column paper
  kFull,    ///< 6.8 inches: both columns
};

double PixelsOf(FigureWidth width);

/// One row of data: values by column. Absent values are left out.
using DataRow = std::vector<std::pair<std::string, JsonText>>;

struct Dataset {
  std::string name;
  std::vector<DataRow> rows;
};

struct Figure {
  std::string name;     ///< stem of its file names: letters, digits, '-' and '_'
  std::string caption;  ///< what the figure shows, with sample size and limits; plain text
  FigureWidth width = FigureWidth::kColumn;
  std::string specification;       ///< Vega-Lite 6 without the data (MakeSpecification)
  std::vector<Dataset> datasets;   ///< the data that the specification names
  std::vector<std::string> texts;  ///< every rendering must show each of these, as often as it is listed
};

/// The specification with its data as JSON: indented, one row of data per line.
std::string CompleteSpecification(const Figure& figure);

/// A dataset as CSV (RFC 4180). Columns are in order of first appearance; absent values are empty.
std::string DatasetCsv(const Dataset& dataset);

/// Throws Error unless the name is valid for files, there are data, and all numbers in them are finite.
void CheckFigure(const Figure& figure);

}  // namespace vffn
