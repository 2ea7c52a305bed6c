// The distribution of tokens over the width branch's virtual experts, per layer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure_style.h"

namespace vffn {

struct ExpertLoadFigure {
  std::string caption;
  std::string model;
  std::string note;                     ///< below the title: which tokens, docs and tasks; may be empty
  std::vector<int64_t> layers = {};     ///< numbers of the layers; empty: their places
  std::optional<double> greatest = {};  ///< end of the colour scale; absent: the greatest share
  /// [layers][experts] shares of the routed (token, slot) pairs. A layer adds up to 1, or is all 0 if no
  /// token took the branch.
  std::vector<std::vector<double>> shares;
  std::vector<double> entropy;  ///< [layers] entropy of the shares over its maximum, 0..1; or empty
};

/// Datasets "load" and, if entropies are given, "entropy". Throws Error on ragged or impossible shares.
Figure MakeFigure(const ExpertLoadFigure& load, const FigureStyle& style = {});

}  // namespace vffn
