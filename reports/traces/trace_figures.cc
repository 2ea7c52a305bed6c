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
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

std::string TokensOf(const Counting& counting, int64_t tokens) {
  const std::string part = counting.part == Part::kAll ? "" : std::string(NameOf(counting.part)) + " ";
  return std::to_string(tokens) + " " + part + "tokens" +
         (counting.sharing == Sharing::kOnce ? " (shared tokens once)" : " (shared tokens repeated)");
}

/// " Layers 0, 1 and 5 are shown.", unless all are.
std::string LayersSentence(const std::vector<int64_t>& drawn, size_t count) {
  if (drawn.size() == count) {
    return "";
  }
  std::string text;
  for (size_t i = 0; i < drawn.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == drawn.size() ? " and " : ", ") + std::to_string(drawn[i]);
  }
  return drawn.size() == 1 ? " Only layer " + text + " is shown." : " Layers " + text + " are shown.";
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

/// The shares of a layer's experts; zeros if it routed nothing.
std::vector<double> SharesOf(const ExpertLoad& layer) {
  const auto pairs =
      static_cast<double>(std::accumulate(layer.counts.begin(), layer.counts.end(), int64_t{0}));
  std::vector<double> shares;
  for (const int64_t count : layer.counts) {
    shares.push_back(pairs > 0 ? static_cast<double>(count) / pairs : 0);
  }
  return shares;
}

/// The figure without model and captions.
CosineFigure MatrixOf(const CosineHeatmap& heatmap) {
  const std::string doc = std::to_string(heatmap.doc_id), layer = std::to_string(heatmap.layer);
  VFFN_CHECK(std::ranges::find(heatmap.cosines, std::optional<float>()) == heatmap.cosines.end(),
             heatmap.task, ", doc ", doc, ", layer ", layer,
             ": the output of a branch is zero for a token, so its cosine is undefined");
  CosineFigure figure{.name = "cosine-" + heatmap.task + "-" + doc + "-layer-" + layer,
                      .tokens = heatmap.labels};
  for (const std::optional<float>& cosine : heatmap.cosines) {
    figure.cosine.push_back(*cosine);
  }
  return figure;
}

std::vector<CosineLayer> MeansOf(const FigureSubject& subject,
                                 const std::vector<CosineDistribution>& layers) {
  std::vector<CosineLayer> means;
  for (const int64_t i : DrawnLayers(subject, layers.size())) {
    const CosineDistribution& layer = layers[static_cast<size_t>(i)];
    VFFN_CHECK(layer.mean.has_value(), subject.model, ", layer ", i, ": no token has a cosine");
    CosineLayer& mean = means.emplace_back(
        CosineLayer{.layer = i, .mean = layer.mean->value, .deviation = layer.deviation.value_or(0)});
    if (layer.mean->standard_error && subject.docs.value_or(0) > 1) {
      const GroupMeansPoint point = PointOf(*layer.mean, *subject.docs);
      mean.low = std::max(-1.0, *point.low);
      mean.high = std::min(1.0, *point.high);
    }
  }
  return means;
}

}  // namespace

std::string CountedNote(const FigureSubject& subject, const Counting& counting, int64_t tokens) {
  const std::string part =
      counting.part == Part::kAll ? "context and continuation" : std::string(NameOf(counting.part));
  return subject.tasks + ": " + (subject.docs ? GroupedText(*subject.docs) + " docs, " : "") +
         GroupedText(tokens) + " " + part + " tokens, shared ones " + std::string(NameOf(counting.sharing));
}

std::vector<int64_t> DrawnLayers(const FigureSubject& subject, size_t count) {
  std::vector<int64_t> layers = subject.layers;
  if (layers.empty()) {
    layers.resize(count);
    std::iota(layers.begin(), layers.end(), int64_t{0});
  }
  for (const int64_t layer : layers) {
    VFFN_CHECK(layer >= 0 && layer < static_cast<int64_t>(count), "layer ", layer, ": ", subject.model,
               " has layers 0 to ", count - 1);
  }
  return layers;
}

Figure LoopsPerLayer(const FigureSubject& subject, const LoopCounts& counts, const FigureScales& scales) {
  LoopsFigure figure{.model = subject.model, .max_loops = scales.max_loops};
  const std::vector<int64_t> drawn = DrawnLayers(subject, counts.layers.size());
  for (const LayerLoops& layer : counts.layers) {
    figure.max_loops = std::max(figure.max_loops, static_cast<int>(layer.histogram.size()));
  }
  for (const int64_t i : drawn) {
    LoopsBar& bar =
        figure.layers.emplace_back(BarOf(counts.layers[static_cast<size_t>(i)], counts.tokens, counts.docs));
    bar.shares.resize(static_cast<size_t>(figure.max_loops));
    bar.layer = i;
  }
  figure.note = CountedNote(subject, counts.counting, counts.tokens);
  figure.caption = subject.model + ": loops per layer over " + TokensOf(counts.counting, counts.tokens) +
                   " of " + std::to_string(counts.docs) + " documents (" + subject.tasks + ")." +
                   LayersSentence(drawn, counts.layers.size());
  return MakeFigure(figure, subject.style);
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
  FigureSubject counted = subject;
  counted.docs = docs;
  figure.note = CountedNote(counted, counting, tokens);
  return MakeFigure(figure, subject.style);
}

double GreatestShare(const FigureSubject& subject, const ExpertCounts& counts) {
  double greatest = 0;
  for (const int64_t i : DrawnLayers(subject, counts.layers.size())) {
    greatest = std::max(greatest, std::ranges::max(SharesOf(counts.layers[static_cast<size_t>(i)])));
  }
  return greatest;
}

Figure ExpertLoads(const FigureSubject& subject, const ExpertCounts& counts, const FigureScales& scales) {
  ExpertLoadFigure figure{.model = subject.model,
                          .layers = DrawnLayers(subject, counts.layers.size()),
                          .greatest = scales.greatest_share};
  for (const int64_t i : figure.layers) {
    const ExpertLoad& layer = counts.layers[static_cast<size_t>(i)];
    figure.shares.push_back(SharesOf(layer));
    if (layer.evenness) {
      figure.entropy.push_back(*layer.evenness);
    }
  }
  figure.note = CountedNote(subject, counts.counting, counts.tokens);
  if (figure.entropy.size() < figure.layers.size()) {  // some layer routed nothing
    figure.entropy.clear();
  }
  figure.caption = subject.model + ": share of the routed tokens that each expert received, over " +
                   TokensOf(counts.counting, counts.tokens) + " (" + subject.tasks + ")." +
                   LayersSentence(figure.layers, counts.layers.size()) +
                   (figure.entropy.empty() ? "" : " Bars: entropy of the load over its maximum.");
  return MakeFigure(figure, subject.style);
}

std::pair<double, double> CosineRange(const CosineHeatmap& heatmap) {
  return ColourDomain(MatrixOf(heatmap));
}

Figure BranchCosine(const FigureSubject& subject, const CosineHeatmap& heatmap, const FigureScales& scales) {
  const std::string where = heatmap.task + " document " + std::to_string(heatmap.doc_id) + ", choice " +
                            std::to_string(heatmap.choice);
  const std::string layer = "layer " + std::to_string(heatmap.layer);
  CosineFigure figure = MatrixOf(heatmap);
  figure.model = subject.model;
  figure.domain = scales.cosine;
  figure.note = layer + ", " + where + ": " + std::to_string(heatmap.labels.size()) + " tokens";
  figure.caption = subject.model +
                   ": cosine similarity of width features (rows) and depth features (columns) at " + layer +
                   ", " + where + ".";
  return MakeFigure(figure, subject.style);
}

std::pair<double, double> CosineRange(const FigureSubject& subject,
                                      const std::vector<CosineDistribution>& layers) {
  return CosineRange(CosineLayersFigure{.layers = MeansOf(subject, layers)});
}

Figure CosinePerLayer(const FigureSubject& subject, const Counting& counting,
                      const std::vector<CosineDistribution>& layers, const FigureScales& scales) {
  CosineLayersFigure figure{
      .model = subject.model, .layers = MeansOf(subject, layers), .domain = scales.cosine};
  const int64_t tokens = layers.front().tokens + layers.front().undefined;
  figure.note = CountedNote(subject, counting, tokens);
  figure.caption = subject.model +
                   ": cosine similarity of the outputs of the width and the depth branch, of "
                   "each token's own two outputs, over " +
                   TokensOf(counting, tokens) + " (" + subject.tasks +
                   "). Points: mean of a layer with its 95 % interval, clustered by document. Band: one "
                   "standard deviation over tokens." +
                   LayersSentence(DrawnLayers(subject, layers.size()), layers.size());
  return MakeFigure(figure, subject.style);
}

Figure LoopCorrelations(const FigureSubject& subject, const Counting& counting,
                        const std::vector<TokenCorrelation>& correlations) {
  GroupMeansFigure figure{
      .name = "tokens", .model = subject.model, .panels = {{.title = "Spearman's rank correlation"}}};
  int64_t tokens = 0;
  for (const TokenCorrelation& one : correlations) {
    if (one.layer || !one.correlation.rho) {
      continue;
    }
    std::string quantity(NameOf(one.quantity));
    std::ranges::replace(quantity, '_', ' ');
    figure.groups.push_back(quantity);
    GroupMeansPoint& point =
        figure.panels[0].points.emplace_back(GroupMeansPoint{.mean = *one.correlation.rho});
    if (one.correlation.low) {
      point.low = std::min(*one.correlation.low, point.mean);
      point.high = std::max(*one.correlation.high, point.mean);
    }
    tokens = std::max(tokens, one.correlation.tokens);
  }
  VFFN_CHECK(!figure.groups.empty(), subject.model,
             ": no correlation is defined: every token got the same number of loops");
  figure.note = CountedNote(subject, counting, tokens);
  figure.caption = subject.model +
                   ": rank correlation of a token's loops (mean of all layers) with what may make "
                   "it hard, over " +
                   TokensOf(counting, tokens) + " (" + subject.tasks +
                   "). Bars: 95 % bootstrap intervals over documents.";
  return MakeFigure(figure, subject.style);
}

namespace {

/// Sentences of a caption: words that are not counted, and words that perhaps should not be.
std::string LeftOut(const WordReport& report) {
  std::vector<std::string> parts;
  if (report.prompt_words > 0) {
    parts.push_back(GroupedText(report.prompt_words) +
                    " words of the prompts' templates and solved examples");
  }
  if (report.stop_words > 0) {
    parts.push_back(GroupedText(report.stop_words) + " stop words");
  }
  const std::string unknown =
      report.unknown_words == 0
          ? ""
          : " Counted, although they may be of the prompts' templates: " + GroupedText(report.unknown_words) +
                " words, whose origin the trace does not tell.";
  return (parts.empty() ? "" : " Left out: " + JoinedText(parts, ", ") + ".") + unknown;
}

}  // namespace

std::optional<Figure> WordClouds(const FigureSubject& subject, const WordReport& report, WordWeight weight) {
  const bool by_count = weight == WordWeight::kCount;
  WordCloudFigure figure{
      .name = by_count ? "words" : "words-log-odds",
      .title = subject.model,
      .note = subject.tasks + ": " + (subject.docs ? GroupedText(*subject.docs) + " docs, " : "") +
              GroupedText(report.words) + " words by lambda of layer " + std::to_string(report.layer),
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
                               "Dirichlet prior).") +
                   LeftOut(report);
  return MakeFigure(figure, subject.style);
}

}  // namespace vffn
