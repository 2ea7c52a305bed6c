// The share of an evaluation's docs that one of several processes scores.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/launch_place.h"
#include "eval/evaluation_plan.h"
#include "eval/token_trie.h"
#include "flops/expected_work.h"
#include "model/config.h"

namespace vffn {

/// Predicts the work of scoring docs one after another, in FLOPs: matrix products of the tokens of their
/// tries, attention over the pairs they see, and logits. What they share (TriePacker) counts once. Loop
/// counts, which the model decides, are taken as equally frequent.
class DocCost {
 public:
  explicit DocCost(const ModelConfig& config);

  int64_t Of(std::span<const RequestDoc> docs) const;
  int64_t Of(const RequestDoc& doc) const { return Of(std::span(&doc, 1)); }

  /// What their tries have.
  WorkSize SizeOf(std::span<const RequestDoc> docs) const;

  SharingOptions sharing() const { return {.longest_short = longest_short_}; }

 private:
  int64_t window_, longest_short_;
  double token_, pair_, window_pair_, head_row_;  // FLOPs of one
};

/// The rank of each piece of work, given their costs. The dearest piece is assigned first, always to the rank
/// with the least work so far (ties: the lowest rank; of equal pieces the first one). The loads then differ
/// by at most one piece; where every rank gets several, by about the cheapest one.
std::vector<int> AssignRanks(std::span<const int64_t> costs, int ranks);

/// A plan's docs, in its order, by rank. Neighbours that share solved examples go to one rank together, in
/// pieces that are small enough to share the work out evenly.
std::vector<int> AssignDocs(const EvaluationPlan& plan, const ModelConfig& config, int ranks);

/// Removes from the plan the docs of other ranks, and the tasks that are empty then. `ranks` are AssignDocs'.
void KeepDocsOf(int rank, const std::vector<int>& ranks, EvaluationPlan& plan);

/// SHA-256 of what is scored, token by token, and by which rank: parts of one run have the same.
std::string PlanHash(const EvaluationPlan& plan, const std::vector<int>& ranks);

}  // namespace vffn
