// A figure: a Vega-Lite specification and its data. The page and the print files are drawn from it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/figures/json_text.h"

namespace vffn {

// Printed widths in pixels. A pixel of a specification is 1/96 inch.
inline constexpr double kColumnWidth = 96 * 3.3;  ///< one column of a two-column paper
inline constexpr double kTextWidth = 96 * 6.8;    ///< both columns

/// Has the metrics of Arial and Helvetica, so a page has the same layout where the font is missing.
inline constexpr std::string_view kFigureFont = "Liberation Sans";

inline constexpr double kLeastSize = 7;  ///< the smallest font in use, pixels: 5.25 points

/// One row of data: values by column. Absent values are left out.
using DataRow = std::vector<std::pair<std::string, JsonText>>;

struct Dataset {
  std::string name;
  std::vector<DataRow> rows;
};

struct Figure {
  std::string name;                ///< stem of its file names: letters, digits, '-' and '_'
  std::string caption;             ///< what the figure shows, with sample size and limits; plain text
  double width = kColumnWidth;     ///< the most that it may take, pixels
  std::string specification;       ///< Vega-Lite 6 without the data (MakeSpecification)
  std::vector<Dataset> datasets;   ///< the data that the specification names
  std::vector<std::string> texts;  ///< every rendering must show each of these, as often as it is listed
  std::string font = std::string(kFigureFont);
  double least_size = kLeastSize;  ///< no text is smaller, pixels
};

/// The specification with its data as JSON: indented, one row of data per line.
std::string CompleteSpecification(const Figure& figure);

/// A dataset as CSV (RFC 4180). Columns are in order of first appearance; absent values are empty.
std::string DatasetCsv(const Dataset& dataset);

/// Throws Error unless the name is valid for files, there are data, and all numbers in them are finite.
void CheckFigure(const Figure& figure);

}  // namespace vffn
