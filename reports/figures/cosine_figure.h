// Figure 5: cosine similarity between the features of the two branches, at one layer for one document.
#pragma once

#include <string>
#include <vector>

#include "reports/figures/figure.h"

namespace vffn {

struct CosineFigure {
  std::string name = "cosine";
  std::string caption;
  std::string model;
  std::vector<std::string> tokens;  ///< [T] bytes of each token
  std::vector<double> cosine;  ///< [T, T] row i: width feature of token i, column j: depth feature of token j
};

/// Draws the first 96 tokens. Axes are labelled with token texts, or with one in n if there are too many; a
/// subtitle says which tokens are drawn and labelled. Dataset "cosine". Throws Error if the matrix is empty,
/// not [T, T], or not within -1..1.
Figure MakeFigure(const CosineFigure& cosine);

}  // namespace vffn
