// The one visual style of all figures. Sizes are pixels of 1/96 inch.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "reports/figures/figure.h"

namespace vffn {

inline constexpr double kTitleReach = 20;  ///< by how much a title may be wider than its panel

/// Metrically the same as Arial and Helvetica, so a page lays out alike where it is missing.
inline constexpr std::string_view kFigureFont = "Liberation Sans";

inline constexpr double kLabelSize = 9.5;  ///< of ticks, legends and words beside points: 7.1 points
inline constexpr double kTitleSize = 10;   ///< of axes: 7.5 points
inline constexpr double kPanelSize = 11;   ///< of panels: 8.25 points
inline constexpr double kLeastSize = 7;    ///< of anything: 5.25 points

/// Okabe and Ito's palette, told apart under every kind of colour blindness; yellow is left out, too pale for
/// lines on white.
inline constexpr std::array<std::string_view, 7> kSeriesColors = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                                  "#56B4E9", "#E69F00", "#000000"};
/// Dashes of the series, the second cue beside colour.
OrderedJson SeriesDashes();

inline constexpr std::string_view kInk = "#1a1a1a";
inline constexpr std::string_view kQuietInk = "#5c5c5c";
inline constexpr std::string_view kRule = "#d9d9d9";
inline constexpr std::string_view kSequentialScheme = "viridis";

/// A specification without marks: schema, description, white background, the style.
OrderedJson MakeSpec(const std::string& description);

/// {"data":{"name":...}} of a dataset, and a filter on one panel of it.
OrderedJson Dataset(std::string_view name);
OrderedJson PanelFilter(size_t panel);

/// The layers that an axis of this width has room to label: 0 and every so many.
OrderedJson LayerTicks(size_t layers, double width);

/// A title above a panel, in lines no wider than `width` pixels; they are added to the figure's texts.
OrderedJson PanelTitle(const std::string& text, double width, Figure& figure);

}  // namespace vffn
