// One or several panels of a figure.
#pragma once

#include <string>
#include <vector>

#include "reports/drawing/prepared_figure.h"

namespace vffn {

struct PanelDrawing {
  std::string label;  ///< of the model or task
  PreparedFigure figure;
};

/// How panels are arranged.
struct PanelArrangement {
  std::string what = "model";  ///< or "task"
  double least_width = 150;    ///< of a panel in the default font, pixels; 0: one below the other
  bool shared = true;          ///< axes and colours
};

/// One panel is the figure itself. Several are as many beside each other as the width has room for, and their
/// captions are joined. Throws Error as JoinPanels.
PreparedFigure ArrangePanels(std::vector<PanelDrawing> panels, const PanelArrangement& arrangement);

/// Sentences one after the other; those that are there already are left out.
std::string JoinSentences(const std::vector<std::string>& texts);

}  // namespace vffn
