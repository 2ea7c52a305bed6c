// Figures 4 to 6 of the paper, and the load of experts, from analyses of traces.
#pragma once

#include <optional>
#include <string>

#include "analysis/branch_cosine.h"
#include "analysis/experts.h"
#include "analysis/loops.h"
#include "analysis/skills.h"
#include "analysis/words.h"
#include "reports/figures/figure.h"

namespace vffn {

/// For titles and captions.
struct FigureSubject {
  std::string model;  ///< its label in the report
  std::string tasks;  ///< "arc_challenge"
};

/// Figure 4, "loops": mean loops of each layer with 95 % intervals, and the shares of loop counts. `counts`
/// must have at least one token.
Figure LoopsPerLayer(const FigureSubject& subject, const LoopCounts& counts);

/// "loops-groups": mean loops, and mean lambda if the model has one, of each group with 95 % intervals; the
/// greatest mean first. `what` names a group: "task". There must be a group.
Figure LoopsByGroup(const FigureSubject& subject, const Counting& counting, const std::string& what,
                    std::vector<GroupLoops> groups);

/// "experts": the share of routed tokens that each expert received, per layer.
Figure ExpertLoads(const FigureSubject& subject, const ExpertCounts& counts);

/// Figure 5, "cosine-TASK-DOC-layer-N": cosine similarity of width and depth features between tokens. Throws
/// Error if a cosine is undefined.
Figure BranchCosine(const std::string& model, const CosineHeatmap& heatmap);

/// What the area of a word shows.
enum class WordWeight {
  kCount,    ///< its count in the bin
  kLogOdds,  ///< z of its log-odds against the other bins; only words with z > 0
};

/// Figure 6, "words" or "words-log-odds": a cloud for every bin that has words. Nothing if no bin has words,
/// or, by log-odds, if only one has.
std::optional<Figure> WordClouds(const FigureSubject& subject, const WordReport& report, WordWeight weight);

}  // namespace vffn
