// How layers change during training: one row of colours a layer.
#pragma once

#include <string>
#include <vector>

#include "reports/figures/figure_style.h"

namespace vffn {

/// A value of every layer in every stretch of the training.
struct LayerHistoryPanel {
  std::string title;                        ///< "mean loops"
  std::string format = ".2~f";              ///< of the legend and the tooltip (d3-format)
  std::vector<std::vector<double>> values;  ///< [stretches][layers]
  double low = 0, high = 1;                 ///< ends of the colour scale
};

struct LayerHistoryFigure {
  std::string name;
  std::string caption;
  std::string x_title;                    ///< "step"
  std::vector<double> bounds;             ///< [stretches + 1] of the stretches, ascending
  std::vector<LayerHistoryPanel> panels;  ///< 1 to 3, beside each other
};

/// A figure with the dataset "history". Layer 0 is at the bottom. Throws Error on values that are not
/// [stretches][layers], not finite or outside of the colour scale.
Figure MakeFigure(const LayerHistoryFigure& history, const FigureStyle& style = {});

/// The shares of loop counts of every layer during training, one small plot a layer.
struct LoopSharesFigure {
  std::string name;
  std::string caption;
  std::string x_title;
  std::vector<double> bounds;  ///< [stretches + 1]
  std::vector<std::vector<std::vector<double>>>
      shares;  ///< [stretches][layers][max_loops], each adds up to 1
};

/// A figure with the dataset "shares". Throws Error as above, or if shares do not add up to 1.
Figure MakeFigure(const LoopSharesFigure& loops, const FigureStyle& style = {});

}  // namespace vffn
