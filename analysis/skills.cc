#include "analysis/skills.h"

#include <utility>

#include "analysis/loops.h"
#include "base/error.h"

namespace vffn {

SkillAnalysis::SkillAnalysis(const TraceHeader& header, const Counting& counting, DocGroup group_of)
    : shape_(header.shape), counting_(counting), group_of_(std::move(group_of)) {
  VFFN_CHECK(shape_.max_loops > 0, "no loop counts in this trace: it is of ", DescribeModel(header));
}

void SkillAnalysis::Add(const DocTrace& doc) {
  std::vector<double> counts(static_cast<size_t>(doc.nodes_run));
  double tokens = 0;
  for (size_t node = 0; node < counts.size(); ++node) {
    counts[node] = static_cast<double>(CountOf(doc, static_cast<int64_t>(node), counting_));
    tokens += counts[node];
  }
  if (tokens == 0) {
    return;
  }
  Sums& sums = groups_[group_of_(doc.task, doc.doc_id)];
  sums.layers.resize(static_cast<size_t>(shape_.layers));
  double all_loops = 0, all_below = 0, all_lambda = 0;
  for (size_t layer = 0; layer < sums.layers.size(); ++layer) {
    double loops = 0, lambda = 0;
    for (size_t node = 0; node < counts.size(); ++node) {
      const size_t place = layer * counts.size() + node;
      loops += counts[node] * doc.loop_counts[place];
      all_below += doc.loop_counts[place] < shape_.max_loops ? counts[node] : 0;
      lambda += shape_.lambda ? counts[node] * static_cast<double>(doc.lambdas[place]) : 0;
    }
    sums.layers[layer].Add(tokens, loops, lambda);
    all_loops += loops;
    all_lambda += lambda;
  }
  const double pairs = tokens * static_cast<double>(shape_.layers);
  sums.pairs.Add(pairs, all_loops, all_below);
  sums.lambdas.Add(pairs, all_lambda);
  sums.tasks.insert(doc.task);
  ++sums.docs;
  sums.tokens += static_cast<int64_t>(tokens);
  docs_.push_back({.task = doc.task,
                   .doc_id = doc.doc_id,
                   .tokens = static_cast<int64_t>(tokens),
                   .mean_loops = all_loops / pairs});
}

std::vector<GroupLoops> SkillAnalysis::Groups() const {
  std::vector<GroupLoops> groups;
  const auto if_lambda = [&](std::optional<Estimate> estimate) {
    return shape_.lambda ? estimate : std::nullopt;
  };
  for (const auto& [name, sums] : groups_) {
    GroupLoops& group = groups.emplace_back(GroupLoops{.group = name,
                                                       .tasks = {sums.tasks.begin(), sums.tasks.end()},
                                                       .docs = sums.docs,
                                                       .tokens = sums.tokens,
                                                       .mean_loops = sums.pairs.Of(1, 0),
                                                       .share_below_max = sums.pairs.Of(0, 1),
                                                       .lambda = if_lambda(sums.lambdas.Of(1, 0))});
    for (const ClusteredMeans& layer : sums.layers) {
      group.layers.push_back({.loops = layer.Of(1, 0), .lambda = if_lambda(layer.Of(0, 1))});
    }
  }
  return groups;
}

}  // namespace vffn
