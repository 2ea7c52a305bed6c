#include "reports/figures/palette.h"

#include <pango/pango.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>

#include "base/error.h"
#include "base/near_names.h"

namespace vffn {
namespace {

const std::vector<std::string> kSeriesColours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                 "#56B4E9", "#E69F00", "#000000"};

/// Schemes of Vega for categories (https://vega.github.io/vega/docs/schemes/).
const std::map<std::string, std::string>& CategorySchemes() {
  static const std::map<std::string, std::string> kSchemes = {
      {"category10", "#1F77B4,#FF7F0E,#2CA02C,#D62728,#9467BD,#8C564B,#E377C2,#7F7F7F,#BCBD22,#17BECF"},
      {"dark2", "#1B9E77,#D95F02,#7570B3,#E7298A,#66A61E,#E6AB02,#A6761D,#666666"},
      {"paired",
       "#A6CEE3,#1F78B4,#B2DF8A,#33A02C,#FB9A99,#E31A1C,#FDBF6F,#FF7F00,#CAB2D6,#6A3D9A,#FFFF99,#B15928"},
      {"set1", "#E41A1C,#377EB8,#4DAF4A,#984EA3,#FF7F00,#FFFF33,#A65628,#F781BF,#999999"},
      {"set2", "#66C2A5,#FC8D62,#8DA0CB,#E78AC3,#A6D854,#FFD92F,#E5C494,#B3B3B3"},
      {"tableau10", "#4C78A8,#F58518,#E45756,#72B7B2,#54A24B,#EECA3B,#B279A2,#FF9DA6,#9D755D,#BAB0AC"}};
  return kSchemes;
}

std::vector<std::string> SplitColours(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    const size_t begin = part.find_first_not_of(' '), end = part.find_last_not_of(' ');
    parts.push_back(begin == std::string::npos ? "" : part.substr(begin, end - begin + 1));
  }
  return parts;
}

/// "#FFA500" of "orange"; nothing if it is no colour.
std::optional<std::string> HexColour(const std::string& text) {
  PangoColor colour;
  if (pango_color_parse(&colour, text.c_str()) == 0) {
    return std::nullopt;
  }
  char hex[8];
  std::snprintf(hex, sizeof hex, "#%02X%02X%02X", colour.red >> 8, colour.green >> 8, colour.blue >> 8);
  return hex;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text.append(text.empty() ? "" : ", ").append(name);
  }
  return text;
}

}  // namespace

std::string Palette::Colour() const { return colours.empty() ? kSeriesColours.front() : colours.front(); }

JsonText Palette::Categories() const {
  if (!colours.empty()) {
    return colours;
  }
  return name.empty() ? JsonText(kSeriesColours) : JsonText::Object({{"scheme", scheme}});
}

void Palette::CheckHas(size_t series, const std::string& what) const {
  VFFN_CHECK(colours.empty() || colours.size() >= series, "the palette ", name, " has ", colours.size(),
             colours.size() == 1 ? " colour" : " colours", ", but there are ", series, " ", what);
}

const std::vector<std::string>& NumberPalettes() {
  static const std::vector<std::string> kNames = {
      "viridis", "cividis", "magma",   "inferno", "plasma", "turbo",     "blues",          "greens",
      "greys",   "oranges", "purples", "reds",    "teals",  "bluegreen", "yellowgreenblue"};
  return kNames;
}

std::vector<std::string> CategoryPalettes() {
  std::vector<std::string> names;
  for (const auto& [name, colours] : CategorySchemes()) {
    names.push_back(name);
  }
  return names;
}

Palette ParsePalette(const std::string& text) {
  if (std::ranges::find(NumberPalettes(), text) != NumberPalettes().end()) {
    return {.name = text, .scheme = text};
  }
  if (const auto found = CategorySchemes().find(text); found != CategorySchemes().end()) {
    return {.name = text, .scheme = "", .colours = SplitColours(found->second), .categorical = true};
  }
  Palette palette{.name = text, .scheme = "", .colours = SplitColours(text)};
  std::vector<std::string> known = NumberPalettes();
  std::ranges::copy(CategoryPalettes(), std::back_inserter(known));
  for (std::string& colour : palette.colours) {
    if (const auto hex = HexColour(colour)) {
      colour = *hex;
      continue;
    }
    Fail("palette: \"", colour, "\" is no colour (#0072B2, orange) and no palette",
         DidYouMeanOneOf(colour, known));
  }
  return palette;
}

ColourScale NumberColours(const Palette& palette) {
  if (!palette.scheme.empty()) {
    return {.scheme = palette.scheme, .range = {}};
  }
  VFFN_CHECK(!palette.categorical, "the palette ", palette.name,
             " is for series; a scale of numbers needs one of ", Joined(NumberPalettes()),
             ", or a list of colours from low to high");
  VFFN_CHECK(palette.colours.size() > 1, "the palette ", palette.name,
             " has one colour; a scale of numbers needs at least two, from low to high");
  return {.scheme = {}, .range = palette.colours};
}

ColourScale OrderedColours(const Palette& palette, size_t count, const std::string& what) {
  if (!palette.scheme.empty()) {
    return {.scheme = palette.scheme, .range = {}};
  }
  palette.CheckHas(count, what);
  return {.scheme = {},
          .range = std::vector(palette.colours.begin(),
                               palette.colours.begin() + static_cast<std::ptrdiff_t>(count))};
}

}  // namespace vffn
