// The kinds of figures that `vffn figure` draws.
#pragma once

#include <span>
#include <string_view>

namespace vffn {

struct FigureKind {
  std::string_view name;   ///< "loops"
  std::string_view shows;  ///< a sentence
  std::string_view needs;  ///< what the inputs must be
  bool of_trace = false;   ///< inputs are traces; tasks, ways of counting and panels can be chosen
  bool many_layers = false, one_layer = false;  ///< what --layers can choose
  bool logarithmic = false;                     ///< it has an axis that can be logarithmic
};

std::span<const FigureKind> FigureKinds();

/// By name. Throws Error with names that may have been meant.
const FigureKind& FindFigureKind(std::string_view name);

}  // namespace vffn
