#include "reports/traces/trace_figures.h"

#include <algorithm>
#include <numeric>

#include "analysis/distributions.h"
#include "base/error.h"
#include "reports/figures/cosine_figure.h"
#include "reports/figures/expert_load_figure.h"
#include "reports/figures/group_means_figure.h"
#include "reports/figures/loops_figure.h"
#include "reports/figures/word_cloud_figure.h"

namespace vffn {
namespace {

std::string TokensOf(const Counting& counting, int64_t tokens) {
  const std::string part = counting.part == Part::kAll ? "" : std::string(NameOf(counting.part)) + " ";
  return std::to_string(tokens) + " " + part + "tokens" +
         (counting.sharing == Sharing::kOnce ? " (shared tokens once)" : " (shared tokens repeated)");
}

LoopsBar BarOf(const LayerLoops& layer, int64_t tokens, int64_t docs) {
  const auto max_loops = static_cast<double>(layer.histogram.size());
  LoopsBar bar{.mean = layer.mean->value};
  if (layer.mean->standard_error) {
    const double quantile = StudentTwoSidedQuantile(0.05, static_cast<double>(docs - 1));
    const double reach = quantile * *layer.mean->standard_error;
    bar.low = std::max(1.0, bar.mean - reach);
    bar.high = std::min(max_loops, bar.mean + reach);
  }
  for (const int64_t count : layer.histogram) {
    bar.shares.push_back(static_cast<double>(count) / static_cast<double>(tokens));
  }
  return bar;
}

/// A mean with its 95 % interval over docs.
GroupMeansPoint PointOf(const Estimate& mean, int64_t docs) {
  GroupMeansPoint point{.mean = mean.value};
  if (mean.standard_error) {
    const double reach = StudentTwoSidedQuantile(0.05, static_cast<double>(docs - 1)) * *mean.standard_error;
    point.low = mean.value - reach;
    point.high = mean.value + reach;
  }
  return point;
}

/// The words of a cloud. By log-odds, words that are not typical of the bin are left out.
std::vector<CloudWord> WordsOf(const WordBin& bin, WordWeight weight) {
  std::vector<CloudWord> words;
  for (const WordScore& score : bin.scores) {
    if (weight == WordWeight::kCount) {
      words.push_back({.text = score.word, .weight = static_cast<double>(score.count), .count = score.count});
    } else if (score.z && *score.z > 0) {
      words.push_back({.text = score.word, .weight = *score.z, .count = score.count});
    }
  }
  return words;
}

}  // namespace

Figure LoopsPerLayer(const FigureSubject& subject, const LoopCounts& counts) {
  LoopsFigure figure{.model = subject.model};
  for (const LayerLoops& layer : counts.layers) {
    figure.max_loops = static_cast<int>(layer.histogram.size());
    figure.layers.push_back(BarOf(layer, counts.tokens, counts.docs));
  }
  figure.caption = subject.model + ": loops per layer over " + TokensOf(counts.counting, counts.tokens) +
                   " of " + std::to_string(counts.docs) + " documents (" + subject.tasks + ").";
  return MakeFigure(figure);
}

Figure LoopsByGroup(const FigureSubject& subject, const Counting& counting, const std::string& what,
                    std::vector<GroupLoops> groups) {
  std::ranges::stable_sort(groups, std::greater(),
                           [](const GroupLoops& group) { return group.mean_loops->value; });
  GroupMeansFigure figure{
      .name = "loops-groups", .model = subject.model, .panels = {{.title = "mean loops"}}};
  int64_t tokens = 0, docs = 0;
  for (const GroupLoops& group : groups) {
    figure.groups.push_back(group.group);
    figure.panels[0].points.push_back(PointOf(*group.mean_loops, group.docs));
    tokens += group.tokens;
    docs += group.docs;
  }
  if (groups.front().lambda) {
    GroupMeansPanel& panel = figure.panels.emplace_back(GroupMeansPanel{.title = "mean lambda"});
    for (const GroupLoops& group : groups) {
      panel.points.push_back(PointOf(*group.lambda, group.docs));
    }
  }
  figure.caption = subject.model + ": loops by " + what + " over " + TokensOf(counting, tokens) + " of " +
                   std::to_string(docs) +
                   " documents. Bars: 95 % interval, clustered by document. The axes show " +
                   "the range of the groups, not that of a token.";
  return MakeFigure(figure);
}

Figure ExpertLoads(const FigureSubject& subject, const ExpertCounts& counts) {
  ExpertLoadFigure figure{.model = subject.model};
  for (const ExpertLoad& layer : counts.layers) {
    const auto pairs =
        static_cast<double>(std::accumulate(layer.counts.begin(), layer.counts.end(), int64_t{0}));
    std::vector<double>& shares = figure.shares.emplace_back();
    for (const int64_t count : layer.counts) {
      shares.push_back(pairs > 0 ? static_cast<double>(count) / pairs : 0);
    }
    if (layer.evenness) {
      figure.entropy.push_back(*layer.evenness);
    }
  }
  if (figure.entropy.size() < counts.layers.size()) {  // some layer routed nothing
    figure.entropy.clear();
  }
  figure.caption = subject.model + ": share of the routed tokens that each expert received, over " +
                   TokensOf(counts.counting, counts.tokens) + " (" + subject.tasks + ").";
  return MakeFigure(figure);
}

Figure BranchCosine(const std::string& model, const CosineHeatmap& heatmap) {
  const std::string doc = std::to_string(heatmap.doc_id), layer = std::to_string(heatmap.layer);
  VFFN_CHECK(std::ranges::find(heatmap.cosines, std::optional<float>()) == heatmap.cosines.end(),
             heatmap.task, ", doc ", doc, ", layer ", layer,
             ": the output of a branch is zero for a token, so its cosine is undefined");
  CosineFigure figure{.name = "cosine-" + heatmap.task + "-" + doc + "-layer-" + layer,
                      .model = model,
                      .tokens = heatmap.labels};
  for (const std::optional<float>& cosine : heatmap.cosines) {
    figure.cosine.push_back(*cosine);
  }
  figure.caption =
      model + ": cosine similarity of width features (rows) and depth features (columns) at layer " + layer +
      ", " + heatmap.task + " document " + doc + ", choice " + std::to_string(heatmap.choice) + ".";
  return MakeFigure(figure);
}

std::optional<Figure> WordClouds(const FigureSubject& subject, const WordReport& report, WordWeight weight) {
  const bool by_count = weight == WordWeight::kCount;
  WordCloudFigure figure{.name = by_count ? "words" : "words-log-odds",
                         .title = subject.model,
                         .weight_name = by_count ? "count" : "log-odds z"};
  for (const WordBin& bin : report.bins) {
    if (std::vector<CloudWord> words = WordsOf(bin, weight); !words.empty()) {
      figure.panels.push_back({.title = bin.bin.name, .words = std::move(words)});
    }
  }
  if (figure.panels.empty()) {
    return std::nullopt;
  }
  figure.caption = subject.model + ": words by lambda of layer " + std::to_string(report.layer) + " (" +
                   subject.tasks + "), " +
                   (by_count ? "sized by their counts."
                             : "sized by how typical they are of their bin (z of the log-odds under a "
                               "Dirichlet prior).");
  return MakeFigure(figure);
}

}  // namespace vffn
