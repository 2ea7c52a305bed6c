// Figures from scores of runs.
#pragma once

#include "reports/drawing/prepared_figure.h"

namespace vffn {

/// "reliability": as PrepareFigure.
PreparedFigure PrepareReliability(FigureRequest& request);

/// "pareto": as PrepareFigure. The average is over the tasks that all runs have, or those that are named.
PreparedFigure PreparePareto(FigureRequest& request);

}  // namespace vffn
