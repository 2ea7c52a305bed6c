#include "analysis/loops.h"

#include "base/error.h"
#include "flops/expected_work.h"
#include "flops/paper_formula.h"

namespace vffn {
namespace {

LoopFlops FlopsOf(const ModelConfig& config, const ClusteredMeans& pairs, const LoopAverages& averages) {
  LoopFlops flops;
  const auto at = [&](double mean_loops, double share) {
    return PaperFfnFlops(config, LoopAverages{mean_loops, share});
  };
  // The formula is linear in N_mean and P: its slopes carry their errors over.
  const auto value = at(averages.mean_loops, averages.share_below_max);
  const auto origin = at(0, 0), loops = at(1, 0), share = at(0, 1);
  if (value && origin && loops && share) {
    flops.paper = pairs.Of(*loops - *origin, *share - *origin);
    flops.paper->value = *value;
  }
  const MeanFlops exact = ExpectedFlopsPerToken(config, averages, /*length=*/1);
  flops.exact = exact.FfnTotal();
  flops.routing = exact[Work::kRouting];
  return flops;
}

}  // namespace

std::string DescribeModel(const TraceHeader& header) {
  switch (header.config.ffn.kind) {
    case FfnKind::kDense:
      return "a dense model: every token gets the same computation, so there is nothing adaptive to analyse";
    case FfnKind::kKLoop:
      return "a k-Loop model: every token gets " + std::to_string(header.config.ffn.max_loops) +
             " loops, so there is nothing adaptive to analyse";
    case FfnKind::kMoe:
    case FfnKind::kSparseMoe:
      return "a MoE model: its tokens choose experts, but neither loops nor lambda";
    case FfnKind::kVersatile:
      break;
  }
  return "a VersatileFFN whose depth branch was not run";
}

LoopAnalysis::LoopAnalysis(const TraceHeader& header) : header_(header) {
  VFFN_CHECK(header.shape.max_loops > 0, "no loop counts in this trace: it is of ", DescribeModel(header));
  const Layer layer{.histogram = std::vector<int64_t>(header.shape.max_loops)};
  sums_.resize(kCountings.size(), {.layers = std::vector<Layer>(header.shape.layers, layer)});
}

void LoopAnalysis::Add(const DocTrace& doc) {
  for (size_t i = 0; i < kCountings.size(); ++i) {
    AddTo(sums_[i], kCountings[i], doc);
  }
}

void LoopAnalysis::AddTo(Sums& sums, const Counting& counting, const DocTrace& doc) const {
  std::vector<int64_t> counts(doc.nodes_run);
  int64_t tokens = 0;
  for (int64_t node = 0; node < doc.nodes_run; ++node) {
    counts[node] = CountOf(doc, node, counting);
    tokens += counts[node];
  }
  int64_t all_loops = 0, all_below = 0;
  for (int64_t i = 0; i < header_.shape.layers; ++i) {
    Layer& layer = sums.layers[i];
    int64_t loops = 0;
    for (int64_t node = 0; node < doc.nodes_run; ++node) {
      const int64_t count = doc.loop_counts[i * doc.nodes_run + node];
      layer.histogram[count - 1] += counts[node];
      loops += count * counts[node];
      all_below += count < header_.shape.max_loops ? counts[node] : 0;
    }
    layer.loops.Add(static_cast<double>(tokens), static_cast<double>(loops));
    all_loops += loops;
  }
  sums.pairs.Add(static_cast<double>(tokens * header_.shape.layers), static_cast<double>(all_loops),
                 static_cast<double>(all_below));
  sums.tokens += tokens;
  sums.docs += tokens > 0 ? 1 : 0;
}

LoopCounts LoopAnalysis::ResultOf(const Sums& sums, const Counting& counting) const {
  LoopCounts result{.counting = counting, .tokens = sums.tokens, .docs = sums.docs};
  for (const Layer& layer : sums.layers) {
    result.layers.push_back({.histogram = layer.histogram, .mean = layer.loops.Of(1, 0)});
  }
  result.mean_loops = sums.pairs.Of(1, 0);
  result.share_below_max = sums.pairs.Of(0, 1);
  if (result.mean_loops) {
    result.flops =
        FlopsOf(header_.config, sums.pairs, {result.mean_loops->value, result.share_below_max->value});
  }
  return result;
}

std::vector<LoopCounts> LoopAnalysis::Result() const {
  std::vector<LoopCounts> results;
  for (size_t i = 0; i < kCountings.size(); ++i) {
    results.push_back(ResultOf(sums_[i], kCountings[i]));
  }
  return results;
}

}  // namespace vffn
