// How the width branch spreads tokens over its virtual experts, per layer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

struct ExpertLoadPanel {
  std::string title;  ///< the model
  std::vector<std::vector<double>>
      shares;                   ///< [layers][experts] share of the routed (token, slot) pairs; a
                                ///< layer adds up to 1, or is all 0 where no token took the branch
  std::vector<double> entropy;  ///< [layers] of the shares over its maximum, 0..1; or empty
};

struct ExpertLoadFigure {
  std::string name = "experts";
  std::string caption;
  FigureWidth width = FigureWidth::kColumn;
  std::vector<ExpertLoadPanel> panels;  ///< one or two
};

/// Datasets "load" and, where given, "entropy". Throws Error on ragged or impossible shares.
Figure MakeFigure(const ExpertLoadFigure& load);

}  // namespace vffn
