// Font sizes and layout rules that all figures share. Colours are in templates/style.vl.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

/// Has the metrics of Arial and Helvetica, so a page has the same layout where the font is missing.
inline constexpr std::string_view kFigureFont = "Liberation Sans";

// Font sizes in pixels of 1/96 inch.
inline constexpr double kLabelSize = 9.5;  ///< ticks, legends and words beside points: 7.1 points
inline constexpr double kTitleSize = 10;   ///< axis titles: 7.5 points
inline constexpr double kPanelSize = 11;   ///< panel titles: 8.25 points
inline constexpr double kLeastSize = 7;    ///< the smallest in use: 5.25 points

/// The most series that can be told apart by colour and dash.
inline constexpr size_t kMostSeries = 7;

/// The layers that an axis of this width can label: 0 and every so many.
std::vector<size_t> LayerTicks(size_t layers, double width);

inline constexpr double kTitleReach = 20;  ///< by how much a title may be wider than its panel, pixels

/// A panel title in lines no wider than `width` pixels. The lines are added to the figure's texts.
std::vector<std::string> PanelTitle(const std::string& text, double width, Figure& figure);

/// Texts of the label size no wider than `width` pixels, shortened where they must be, no two the same.
std::vector<std::string> ShortLabels(const std::vector<std::string>& texts, double width);

/// Distinct values in order of first appearance. Throws Error, naming the figure, if there are more than
/// kMostSeries.
std::vector<std::string> SeriesOf(const std::vector<std::string>& names, const std::string& figure);

}  // namespace vffn
