// The paper's Figures 4 to 6, and the loads of experts, from analyses of traces.
#pragma once

#include <optional>
#include <string>

#include "analysis/branch_cosine.h"
#include "analysis/experts.h"
#include "analysis/loops.h"
#include "analysis/words.h"
#include "reports/figures/figure.h"

namespace vffn {

/// What a figure is of, for titles and captions.
struct FigureSubject {
  std::string model;  ///< as labelled everywhere
  std::string tasks;  ///< "arc_challenge"
};

/// Figure 4, "loops": mean loops of each layer with 95 % intervals, and the shares of loop counts. Counts
/// must be of at least one token.
Figure LoopsPerLayer(const FigureSubject& subject, const LoopCounts& counts);

/// "experts": each expert's share of every layer's routed tokens.
Figure ExpertLoads(const FigureSubject& subject, const ExpertCounts& counts);

/// Figure 5, "cosine-TASK-DOC-layer-N".
Figure BranchCosine(const std::string& model, const CosineHeatmap& heatmap);

/// What a word's size is.
enum class WordWeight {
  kCount,    ///< how often it occurs in its bin
  kLogOdds,  ///< z of its log-odds against the other bins; only words more typical of the bin than of them
};

/// Figure 6, "words" or "words-log-odds": a cloud for every bin that has words. Nothing if none has; by
/// log-odds also if only one bin has words.
std::optional<Figure> WordClouds(const FigureSubject& subject, const WordReport& report, WordWeight weight);

}  // namespace vffn
