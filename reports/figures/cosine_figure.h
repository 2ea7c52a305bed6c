// Figure 5: cosine similarity between the features of the two branches, at one layer for one document.
#pragma once

#include <string>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

struct CosinePanel {
  std::string title;                ///< the model
  std::vector<std::string> tokens;  ///< [T] bytes of each token
  std::vector<double> cosine;       ///< [T, T] row i: width feature of token i, column j: depth feature of j
};

struct CosineFigure {
  std::string name = "cosine";
  std::string caption;
  FigureWidth width = FigureWidth::kColumn;
  size_t max_tokens = 96;  ///< of longer sequences the first so many are drawn, and the figure says so
  std::vector<CosinePanel>
      panels;  ///< one or two; beside each other in full width, below each other in a column
};

/// Dataset "cosine". Axes carry token texts; where tokens are too many for that, one in n, and the figure
/// says so. Throws Error if a matrix is not [T, T], empty, or not within -1..1.
Figure MakeFigure(const CosineFigure& cosine);

}  // namespace vffn
