#include "eval/plan_share.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>
#include <set>
#include <utility>

#include "base/sha256.h"
#include "eval/token_trie.h"
#include "model/packed_batch.h"
#include "model/rope_frequencies.h"

namespace vffn {
namespace {

/// FLOPs of work of that size.
double FlopsOf(const ModelConfig& config, const WorkSize& size) {
  std::vector<LayerDecisions> decisions;
  if (config.ffn.kind == FfnKind::kVersatile) {
    // As many tokens of each loop count, unless it is forced. `size` has as many tokens as counts, or none.
    const FfnConfig& ffn = config.ffn;
    std::vector<int64_t> histogram(static_cast<size_t>(ffn.max_loops), size.tokens / ffn.max_loops);
    if (ffn.probes.loops > 0) {
      std::ranges::fill(histogram, 0);
      histogram.at(static_cast<size_t>(ffn.probes.loops - 1)) = size.tokens;
    }
    decisions.assign(static_cast<size_t>(config.n_layers),
                     {.loop_histogram = histogram, .width_tokens = PartsOf(ffn).experts ? size.tokens : 0});
  }
  return static_cast<double>(ExpectedWork(config, size, decisions).total().total());
}

}  // namespace

DocCost::DocCost(const ModelConfig& config)
    : window_(config.window), longest_short_(LongestWithFullFrequencies(config)) {
  const int64_t tokens = config.ffn.kind == FfnKind::kVersatile ? config.ffn.max_loops : 1;
  token_ = FlopsOf(config, {.tokens = tokens}) / static_cast<double>(tokens);
  pair_ = FlopsOf(config, {.visible_pairs = 1});
  window_pair_ = window_ > 0 ? FlopsOf(config, {.window_pairs = 1}) : 0;
  head_row_ = FlopsOf(config, {.head_rows = 1});
}

WorkSize DocCost::SizeOf(const RequestDoc& doc) const {
  const TokenTrie trie = BuildTrie(doc, longest_short_);
  std::set<int32_t> rows;
  for (const std::vector<int32_t>& predictors : trie.predictors) {
    rows.insert(predictors.begin(), predictors.end());
  }
  PackedBatch batch;
  AppendTrie(batch, trie);
  return {.tokens = trie.size(),
          .visible_pairs = VisiblePairs(batch),
          .head_rows = static_cast<int64_t>(rows.size()),
          .window_pairs = window_ > 0 ? VisiblePairs(batch, window_) : 0};
}

int64_t DocCost::Of(const RequestDoc& doc) const {
  const WorkSize size = SizeOf(doc);
  return std::llround(token_ * static_cast<double>(size.tokens) +
                      pair_ * static_cast<double>(size.visible_pairs) +
                      window_pair_ * static_cast<double>(size.window_pairs) +
                      head_row_ * static_cast<double>(size.head_rows));
}

std::vector<int> AssignRanks(std::span<const int64_t> costs, int ranks) {
  std::vector<size_t> dearest_first(costs.size());
  std::iota(dearest_first.begin(), dearest_first.end(), size_t{0});
  std::ranges::stable_sort(dearest_first, [&](size_t a, size_t b) { return costs[a] > costs[b]; });
  using Load = std::pair<int64_t, int>;  // work, rank
  std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
  for (int rank = 0; rank < ranks; ++rank) {
    loads.emplace(0, rank);
  }
  std::vector<int> rank_of(costs.size());
  for (const size_t piece : dearest_first) {
    const auto [load, rank] = loads.top();
    loads.pop();
    rank_of[piece] = rank;
    loads.emplace(load + costs[piece], rank);
  }
  return rank_of;
}

std::vector<int> AssignDocs(const EvaluationPlan& plan, const ModelConfig& config, int ranks) {
  const DocCost cost(config);
  std::vector<int64_t> costs;
  for (const TaskRun& task : plan.tasks) {
    for (const RequestDoc& doc : task.requests) {
      costs.push_back(cost.Of(doc));
    }
  }
  return AssignRanks(costs, ranks);
}

void KeepDocsOf(int rank, const std::vector<int>& ranks, EvaluationPlan& plan) {
  size_t doc = 0;
  for (TaskRun& task : plan.tasks) {
    size_t kept = 0;
    for (size_t i = 0; i < task.requests.size(); ++i) {
      if (ranks.at(doc++) == rank) {
        std::swap(task.examples[kept], task.examples[i]);
        std::swap(task.docs[kept], task.docs[i]);
        std::swap(task.requests[kept], task.requests[i]);
        ++kept;
      }
    }
    task.examples.resize(kept);
    task.docs.resize(kept);
    task.requests.resize(kept);
  }
  std::erase_if(plan.tasks, [](const TaskRun& task) { return task.requests.empty(); });
}

std::string PlanHash(const EvaluationPlan& plan, const std::vector<int>& ranks) {
  std::string text;
  size_t doc = 0;
  for (const TaskRun& task : plan.tasks) {
    text += task.name + "\n" + task.split + "\n" + task.data_sha256 + "\n";
    for (const RequestDoc& requests : task.requests) {
      text += std::to_string(requests.doc_id) + " " + RequestHash(requests) + " " +
              std::to_string(ranks.at(doc++)) + "\n";
    }
  }
  Sha256 hash;
  hash.Update(text);
  return hash.Hex();
}

}  // namespace vffn
