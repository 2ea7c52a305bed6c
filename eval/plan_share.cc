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

/// Docs that go to one rank.
struct Piece {
  std::span<const RequestDoc> docs;
  int64_t rows = 0;
};

constexpr int64_t kMostRows = 4096;    // of a piece; more save little: solved examples have fewer
constexpr int64_t kPiecesOfRank = 32;  // at least: the work of two ranks then differs by a 32nd

/// A plan's docs in its order, each alone unless neighbours share. These go together as long as the rows of a
/// piece beside the shared ones are at most `most`.
std::vector<Piece> PiecesOf(const EvaluationPlan& plan, const SharingOptions& sharing, int64_t most) {
  std::vector<Piece> pieces;
  for (const TaskRun& task : plan.tasks) {
    TriePacker packer(sharing);  // of the last piece
    for (size_t i = 0; i < task.requests.size(); ++i) {
      const TokenTrie trie = BuildTrie(task.requests[i], sharing.longest_short);
      int64_t shared = packer.Shared(trie);
      if (shared == 0 || packer.size() + trie.size() - 2 * shared > most) {
        packer = TriePacker(sharing);
        shared = 0;
        pieces.emplace_back();
      }
      packer.Add(trie, shared);
      Piece& piece = pieces.back();
      piece.docs = {&task.requests[i] - piece.docs.size(), piece.docs.size() + 1};
      piece.rows = packer.size();
    }
  }
  return pieces;
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

WorkSize DocCost::SizeOf(std::span<const RequestDoc> docs) const {
  TriePacker packer(sharing());
  std::vector<TokenTrie> tries;
  for (const RequestDoc& doc : docs) {
    const TokenTrie& trie = tries.emplace_back(BuildTrie(doc, longest_short_));
    packer.Add(trie, packer.Shared(trie));
  }
  const PackedTries packed = packer.Finish();
  std::set<int32_t> head_rows;
  for (size_t i = 0; i < tries.size(); ++i) {
    for (const std::vector<int32_t>& predictors : tries[i].predictors) {
      for (const int32_t node : predictors) {
        head_rows.insert(packed.rows[i][node]);
      }
    }
  }
  return {.tokens = packed.batch.size(),
          .visible_pairs = VisiblePairs(packed.batch),
          .head_rows = static_cast<int64_t>(head_rows.size()),
          .window_pairs = window_ > 0 ? VisiblePairs(packed.batch, window_) : 0};
}

int64_t DocCost::Of(std::span<const RequestDoc> docs) const {
  const WorkSize size = SizeOf(docs);
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
  std::vector<Piece> pieces = PiecesOf(plan, cost.sharing(), kMostRows);
  int64_t rows = 0;
  for (const Piece& piece : pieces) {
    rows += piece.rows;
  }
  if (const int64_t most = rows / (kPiecesOfRank * ranks); most < kMostRows) {
    pieces = PiecesOf(plan, cost.sharing(), most);
  }
  std::vector<int64_t> costs;
  for (const Piece& piece : pieces) {
    costs.push_back(cost.Of(piece.docs));
  }
  const std::vector<int> rank_of_piece = AssignRanks(costs, ranks);
  std::vector<int> rank_of_doc;
  for (size_t i = 0; i < pieces.size(); ++i) {
    rank_of_doc.insert(rank_of_doc.end(), pieces[i].docs.size(), rank_of_piece[i]);
  }
  return rank_of_doc;
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
