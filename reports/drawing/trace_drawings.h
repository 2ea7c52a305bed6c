// Figures from traces.
#pragma once

#include "reports/drawing/prepared_figure.h"

namespace vffn {

/// As PrepareFigure, of a kind that is of traces.
PreparedFigure PrepareTraceFigure(FigureRequest& request);

}  // namespace vffn
