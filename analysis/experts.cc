#include "analysis/experts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/loops.h"
#include "base/error.h"

namespace vffn {

ExpertAnalysis::ExpertAnalysis(const TraceHeader& header) : shape_(header.shape) {
  VFFN_CHECK(shape_.n_experts > 0, "no experts in this trace: it is of ", DescribeModel(header));
  const auto experts = static_cast<size_t>(shape_.n_experts);
  const ExpertLoad none{.counts = std::vector<int64_t>(experts),
                        .gate_weights = std::vector<double>(experts)};
  for (const Counting& counting : kCountings) {
    sums_.push_back({.counting = counting, .layers = std::vector<ExpertLoad>(shape_.layers, none)});
  }
}

void ExpertAnalysis::Add(const DocTrace& doc) {
  for (ExpertCounts& sums : sums_) {
    for (int64_t node = 0; node < doc.nodes_run; ++node) {
      const int64_t count = CountOf(doc, node, sums.counting);
      sums.tokens += count;
      for (int64_t layer = 0; layer < shape_.layers; ++layer) {
        ExpertLoad& load = sums.layers[layer];
        const int64_t begin = (layer * doc.nodes_run + node) * shape_.top_k;
        load.routed_tokens += doc.experts[begin] >= 0 ? count : 0;
        for (int64_t i = begin; i < begin + shape_.top_k; ++i) {
          if (doc.experts[i] >= 0) {
            load.counts[doc.experts[i]] += count;
            load.gate_weights[doc.experts[i]] += static_cast<double>(count) * doc.gate_weights[i];
          }
        }
      }
    }
  }
}

void Summarise(ExpertLoad& load) {
  const auto total = static_cast<double>(std::accumulate(load.counts.begin(), load.counts.end(), int64_t{0}));
  if (total <= 0) {
    return;
  }
  const auto experts = static_cast<double>(load.counts.size());
  double entropy = 0, squares = 0;
  for (const int64_t count : load.counts) {
    const double share = static_cast<double>(count) / total;
    entropy -= count > 0 ? share * std::log(share) : 0;
    squares += (share * experts - 1) * (share * experts - 1);
  }
  load.entropy = entropy;
  if (load.counts.size() > 1) {
    load.evenness = entropy / std::log(experts);
  }
  load.max_to_mean = static_cast<double>(*std::ranges::max_element(load.counts)) * experts / total;
  load.variation = std::sqrt(squares / experts);
}

std::vector<ExpertCounts> ExpertAnalysis::Result() const {
  std::vector<ExpertCounts> results = sums_;
  for (ExpertCounts& result : results) {
    std::ranges::for_each(result.layers, Summarise);
  }
  return results;
}

}  // namespace vffn
