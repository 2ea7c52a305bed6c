// The colours of a figure.
#pragma once

#include <string>
#include <vector>

#include "reports/figures/json_text.h"

namespace vffn {

/// The default can be told apart by people who are colour blind: series by Okabe and Ito (2008), scales of
/// numbers by viridis.
struct Palette {
  std::string name;                  ///< as the user gave it; empty: the default
  std::string scheme = "viridis";    ///< of Vega, for scales of numbers; empty: `colours`
  std::vector<std::string> colours;  ///< "#0072B2"; empty: the default ones, or those of `scheme`
  bool categorical = false;          ///< its colours have no order: no scale of numbers

  /// Of marks that have no series.
  std::string Colour() const;

  /// The value of config.range.category.
  JsonText Categories() const;

  /// Throws Error if there are fewer colours.
  void CheckHas(size_t series, const std::string& what) const;
};

/// "viridis", "tableau10", or a list of colours, "#0072B2,orange,#009E73": the names that Vega has. Throws
/// Error, with names that may have been meant, on anything else.
Palette ParsePalette(const std::string& text);

/// The members "scheme" and "range" of a colour scale; one of them is absent.
struct ColourScale {
  JsonText scheme, range;
};

/// Of numbers. Throws Error if the palette has one colour, or is categorical.
ColourScale NumberColours(const Palette& palette);

/// Of `count` values in an order, or of the panels of a figure. Throws Error if there are fewer colours.
ColourScale OrderedColours(const Palette& palette, size_t count, const std::string& what);

/// Names of palettes, for help: of scales of numbers, and of series.
const std::vector<std::string>& NumberPalettes();
std::vector<std::string> CategoryPalettes();

}  // namespace vffn
