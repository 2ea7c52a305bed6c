// Figures 4 to 6 of the paper, and the load of experts, from analyses of traces.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/branch_cosine.h"
#include "analysis/experts.h"
#include "analysis/loops.h"
#include "analysis/skills.h"
#include "analysis/tokens.h"
#include "analysis/words.h"
#include "reports/figures/figure.h"
#include "reports/figures/figure_style.h"

namespace vffn {

/// For titles, notes and captions.
struct FigureSubject {
  std::string model;                 ///< its label in the report
  std::string tasks;                 ///< "arc_challenge"
  std::optional<int64_t> docs = {};  ///< for notes
  std::vector<int64_t> layers = {};  ///< the ones drawn, ascending; empty: all
  FigureStyle style = {};
};

/// Ends of the axes and colours of several figures that are compared; absent: those of the figure alone.
struct FigureScales {
  int max_loops = 0;
  std::optional<double> greatest_share;  ///< of an expert
  std::optional<std::pair<double, double>> cosine;
};

/// "arc_challenge: 50 docs, 4,321 context tokens (shared ones once)": the line below a title.
std::string CountedNote(const FigureSubject& subject, const Counting& counting, int64_t tokens);

/// The layers of the subject, or all of `count`. Throws Error if it has others than 0 to count - 1.
std::vector<int64_t> DrawnLayers(const FigureSubject& subject, size_t count);

/// Figure 4, "loops": mean loops of each layer with 95 % intervals, and the shares of loop counts. `counts`
/// must have at least one token.
Figure LoopsPerLayer(const FigureSubject& subject, const LoopCounts& counts, const FigureScales& scales = {});

/// "loops-groups": mean loops, and mean lambda if the model has one, of each group with 95 % intervals; the
/// greatest mean first. `what` names a group: "task". There must be a group.
Figure LoopsByGroup(const FigureSubject& subject, const Counting& counting, const std::string& what,
                    std::vector<GroupLoops> groups);

/// "experts": the share of routed tokens that each expert received, per layer.
Figure ExpertLoads(const FigureSubject& subject, const ExpertCounts& counts, const FigureScales& scales = {});

/// The greatest share of an expert in the layers that are drawn.
double GreatestShare(const FigureSubject& subject, const ExpertCounts& counts);

/// Figure 5, "cosine-TASK-DOC-layer-N": cosine similarity of width and depth features between tokens. Throws
/// Error if a cosine is undefined.
Figure BranchCosine(const FigureSubject& subject, const CosineHeatmap& heatmap,
                    const FigureScales& scales = {});

/// The range of a heat map's colours. Throws Error as BranchCosine.
std::pair<double, double> CosineRange(const CosineHeatmap& heatmap);

/// "cosine-layers": the mean cosine of each layer, and its deviation over tokens.
Figure CosinePerLayer(const FigureSubject& subject, const Counting& counting,
                      const std::vector<CosineDistribution>& layers, const FigureScales& scales = {});

/// The range of the axis of CosinePerLayer.
std::pair<double, double> CosineRange(const FigureSubject& subject,
                                      const std::vector<CosineDistribution>& layers);

/// "tokens": rank correlations of loops with what makes a token hard, of the mean of all layers, with their
/// intervals. Throws Error if none is defined.
Figure LoopCorrelations(const FigureSubject& subject, const Counting& counting,
                        const std::vector<TokenCorrelation>& correlations);

/// What the area of a word shows.
enum class WordWeight {
  kCount,    ///< its count in the bin
  kLogOdds,  ///< z of its log-odds against the other bins; only words with z > 0
};

/// Figure 6, "words" or "words-log-odds": a cloud for every bin that has words. Nothing if no bin has words,
/// or, by log-odds, if only one has.
std::optional<Figure> WordClouds(const FigureSubject& subject, const WordReport& report, WordWeight weight);

}  // namespace vffn
