// The analyses of a trace that a report shows.
#pragma once

#include <string>
#include <vector>

#include "analysis/branch_cosine.h"
#include "analysis/experts.h"
#include "analysis/loops.h"
#include "analysis/tokens.h"
#include "analysis/words.h"
#include "reports/figures/figure.h"
#include "reports/reproduction/measured_run.h"
#include "reports/tables/table.h"
#include "trace/trace_reader.h"

namespace vffn {

/// The analyses that the trace has data for; the others are empty.
struct TraceSummary {
  std::string model;                           ///< as labelled everywhere
  std::string tasks;                           ///< "arc_challenge", or "all tasks"
  std::vector<LoopCounts> loops;               ///< one for each of kCountings
  std::vector<ExpertCounts> experts;           ///< one for each of kCountings
  std::vector<WordReport> words;               ///< of layer 0, by loop count: one or none
  std::vector<CosineDistribution> cosines;     ///< per layer, each token once
  std::vector<CosineHeatmap> heatmaps;         ///< of every doc with branch features, at layer 0 or its first
  std::vector<TokenCorrelation> correlations;  ///< of the mean of all layers, each token once
};

/// Of ARC-challenge, as in the paper's Table 2 and Figures 4 to 6, if it was traced; else of all tasks.
TraceSummary SummariseTrace(const std::string& model, const TraceReader& trace,
                            const Correctness& correctness);

/// For Table 2. Nothing if no loops are predicted or no token was traced.
std::optional<TracedFlops> FlopsOf(const TraceSummary& summary);

/// Figures 4 to 6 and the loads of experts. `stem` ends their names: several models may be in one report.
std::vector<Figure> TraceFigures(const TraceSummary& summary, const std::string& stem);

/// Loops, experts, cosines and correlations. `control` (null: none) is a run of the same model with shuffled
/// loop counts, whose correlations stand beside.
std::vector<Table> TraceTables(const TraceSummary& summary, const TraceSummary* control);

}  // namespace vffn
