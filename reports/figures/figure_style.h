// How figures look: font, sizes, colours and layout rules that all of them share. Other colours are in
// templates/style.vl.json.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure.h"
#include "reports/figures/palette.h"

namespace vffn {

/// The default is the style of reports. Sizes are in pixels of 1/96 inch.
struct FigureStyle {
  std::string font = std::string(kFigureFont);
  double scale = 1;             ///< of all font sizes
  std::optional<double> width;  ///< of the whole picture; absent: the figure's own
  Palette palette;
  bool title = true;         ///< the name above the figure; panels keep theirs
  bool note = false;         ///< a line below the title: which tokens, docs and tasks
  bool logarithmic = false;  ///< the value axis of figures that have one for it
  size_t columns = 1;        ///< that share the width: this figure is one of several beside each other

  // What a picture of an exact size needs, found by drawing it.
  double more_width = 0;  ///< of each plot
  double stretch = 1;     ///< of the heights of plots

  double label_size() const { return 9.5 * scale; }         ///< ticks, legends, words beside points: 7.1 pt
  double title_size() const { return 10 * scale; }          ///< axis titles: 7.5 points
  double panel_size() const { return 11 * scale; }          ///< panel titles: 8.25 points
  double token_size() const { return 7.5 * scale; }         ///< labels of tokens
  double least_size() const { return kLeastSize * scale; }  ///< the smallest in use: 5.25 points

  /// By how much a title may be wider than its panel: not at all where it could widen the picture.
  double title_reach() const { return width ? 0 : 20; }

  /// The note of a figure, if the style has one.
  std::string Note(const std::string& text) const { return note ? text : ""; }

  /// Width of a plot in a figure that is `natural` wide by itself, without `room` for axes and legends (at
  /// scale 1). Throws Error if hardly anything is left.
  double PlotWidth(double natural, double room) const;

  /// A figure of this style, with its width.
  Figure Begin(std::string name, std::string caption, double natural) const;
};

/// The most series that can be told apart by colour and dash.
inline constexpr size_t kMostSeries = 7;

/// A size for a template: a whole number has no decimal point.
JsonText SizeJson(double pixels);

/// The layers that an axis of this width can label: 0 and every so many.
std::vector<size_t> LayerTicks(size_t layers, double width, const FigureStyle& style = {});

/// A panel title in lines no wider than `width` pixels. The lines are added to the figure's texts.
std::vector<std::string> PanelTitle(const std::string& text, double width, const FigureStyle& style,
                                    Figure& figure);

/// The value of "title" in a template: the title, if the style has one, and the note below it; absent without
/// both. Lines are no wider than `width` pixels and are added to the figure's texts.
JsonText TitleJson(const std::string& title, const std::string& note, double width, const FigureStyle& style,
                   Figure& figure);

/// As TitleJson, of a figure that has no title.
JsonText NoteJson(const std::string& note, double width, const FigureStyle& style, Figure& figure);

/// Texts of the label size no wider than `width` pixels, shortened where they must be, no two the same.
std::vector<std::string> ShortLabels(const std::vector<std::string>& texts, double width,
                                     const FigureStyle& style = {});

/// Distinct values in order of first appearance. Throws Error, naming the figure, if there are more than
/// the style has colours or kMostSeries.
std::vector<std::string> SeriesOf(const std::vector<std::string>& names, const std::string& figure,
                                  const FigureStyle& style = {});

}  // namespace vffn
