// Made-up results of realistic size and shape, to draw figures from.
#pragma once

#include <vector>

#include "reports/figures/cosine_figure.h"
#include "reports/figures/curves_figure.h"
#include "reports/figures/expert_load_figure.h"
#include "reports/figures/group_means_figure.h"
#include "reports/figures/loops_figure.h"
#include "reports/figures/pareto_figure.h"
#include "reports/figures/reliability_figure.h"
#include "reports/figures/word_cloud_figure.h"

namespace vffn {

LoopsFigure SampleLoops();
CosineFigure SampleCosine(size_t tokens);
WordCloudFigure SampleWords(size_t panels);
ParetoFigure SamplePareto();
CurvesFigure SampleCurves();
ExpertLoadFigure SampleExperts();
GroupMeansFigure SampleGroups();
ReliabilityFigure SampleReliability(size_t panels);

/// All of them, with and without what is optional.
std::vector<Figure> SampleFigures();

}  // namespace vffn
