// Figure 5: cosine similarity between the features of the two branches, at one layer for one document.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/figures/figure_style.h"

namespace vffn {

struct CosineFigure {
  std::string name = "cosine";
  std::string caption;
  std::string model;
  std::string note;                 ///< below the title: which doc and choice; may be empty
  std::vector<std::string> tokens;  ///< [T] bytes of each token
  std::vector<double> cosine;  ///< [T, T] row i: width feature of token i, column j: depth feature of token j
  std::optional<std::pair<double, double>> domain;  ///< of the colours; absent: tenths around all cosines
};

/// Draws the first 96 tokens. Axes are labelled with token texts, or with one in n if there are too many; a
/// subtitle says which tokens are drawn and labelled. Dataset "cosine". Throws Error if the matrix is empty,
/// not [T, T], or not within -1..1.
Figure MakeFigure(const CosineFigure& cosine, const FigureStyle& style = {});

/// Tenths around all cosines. Throws Error as MakeFigure.
std::pair<double, double> ColourDomain(const CosineFigure& cosine);

/// One layer of a trace.
struct CosineLayer {
  int64_t layer = 0;
  double mean = 0;                  ///< over tokens
  std::optional<double> low, high;  ///< 95 % interval of the mean, clustered by document; both or neither
  double deviation = 0;             ///< over tokens
};

struct CosineLayersFigure {
  std::string caption;
  std::string model;
  std::string note;  ///< below the title: which tokens, docs and tasks; may be empty
  std::vector<CosineLayer> layers;
  std::optional<std::pair<double, double>> domain;  ///< of the vertical axis; absent: tenths around all
};

/// "cosine-layers": the mean of each layer with its interval, and a band of one standard deviation over
/// tokens. Dataset "cosine". Throws Error if there are no layers or a mean is outside of its interval.
Figure MakeFigure(const CosineLayersFigure& cosine, const FigureStyle& style = {});

/// Tenths around all means and bands.
std::pair<double, double> CosineRange(const CosineLayersFigure& cosine);

}  // namespace vffn
