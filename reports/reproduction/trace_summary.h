// What a report says of a trace.
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
#include "reports/reproduction/reproduction_tables.h"
#include "trace/trace_reader.h"

namespace vffn {

/// Every analysis that the trace allows; the others are empty.
struct TraceSummary {
  std::string model;                        ///< as labelled everywhere
  std::string tasks;                        ///< "arc_challenge", or "all tasks"
  std::vector<LoopCounts> loops;            ///< one for each of kCountings
  std::vector<ExpertCounts> experts;        ///< one for each of kCountings
  std::vector<WordReport> words;            ///< of layer 0, by loop count: one or none
  std::vector<CosineDistribution> cosines;  ///< per layer, each token once
  std::vector<CosineHeatmap>
      heatmaps;  ///< of every doc that has branch features, at layer 0 or else its first
  std::vector<TokenCorrelation> correlations;  ///< of the mean of all layers, each token once
};

/// Of ARC-challenge, as the paper's Table 2 and Figures 4 to 6, if it was traced; else of everything.
TraceSummary SummariseTrace(const std::string& model, const TraceReader& trace,
                            const Correctness& correctness);

/// For Table 2. Nothing if no loops are predicted or no token was traced.
std::optional<TracedFlops> FlopsOf(const TraceSummary& summary);

/// Figures 4 to 6 and the loads of experts. `stem` ends their names: several models may be in one report.
std::vector<Figure> TraceFigures(const TraceSummary& summary, const std::string& stem);

/// Loops, experts, cosines and correlations; these beside those of a control (null: none) that runs the same
/// model with its loop counts shuffled.
std::vector<TitledTable> TraceTables(const TraceSummary& summary, const TraceSummary* control);

}  // namespace vffn
