// Figures from logs of training.
#pragma once

#include "reports/drawing/prepared_figure.h"

namespace vffn {

/// As PrepareFigure, of a kind whose name begins with "training-". A CSV file is a training log for Figure 3
/// (reports/reproduction/training_log.h).
PreparedFigure PrepareTrainingFigure(FigureRequest& request);

}  // namespace vffn
