// Reliability diagrams: how often answers of each confidence are right.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/figures/figure_style.h"

namespace vffn {

struct ReliabilityBin {
  double confidence = 0, accuracy = 0;  ///< means over the bin's questions
  double low = 0, high = 0;             ///< interval of the accuracy
  int64_t questions = 0;
};

struct ReliabilityPanel {
  std::string title;  ///< "arc_challenge, len_norm"
  std::vector<ReliabilityBin> bins;
};

struct ReliabilityFigure {
  std::string name;
  std::string title;  ///< above all panels; may be empty
  std::string caption;
  std::string note;  ///< below the title: which tokens, docs and tasks; may be empty
  std::vector<ReliabilityPanel> panels;
};

/// A panel for each task, four in a row; points on the diagonal are calibrated. Dataset "bins". Throws Error
/// if there are no panels, two have one title, a panel has no bins, or a number is no share.
Figure MakeFigure(const ReliabilityFigure& reliability, const FigureStyle& style = {});

}  // namespace vffn
