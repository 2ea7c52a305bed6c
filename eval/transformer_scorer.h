// The scoring engine: log-probabilities of requests under a transformer.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "eval/scorer.h"
#include "model/compute.h"
#include "model/executed_work.h"
#include "model/weights/checkpoint.h"
#include "trace/branch_features.h"
#include "trace/doc_trace.h"

namespace vffn {

struct ScorerOptions {
  ComputeOptions compute;
  int workers = 0;  ///< packs scored at once, one thread each; 0: as many as there are cores (3 on a GPU)
  int loaders = 0;  ///< threads that read the weights; 0: one for each core, and at least `workers`
  int64_t pack_tokens = 0;  ///< trie nodes in a pack (a larger doc is a pack alone); 0: chosen for the device
  int64_t max_sequence_length = 0;  ///< 0: the model's
};

/// The part of a task in the cost of scoring.
struct TaskStatistics {
  int64_t docs = 0;
  int64_t trie_tokens = 0;  ///< tokens that several docs share are those of the first one
  double seconds = 0;
};

/// The cost of scoring so far.
struct ScoringStatistics {
  int64_t docs = 0;
  int64_t trie_tokens = 0;
  int64_t query_tokens = 0;   ///< tokens of the same requests without sharing
  int64_t scored_tokens = 0;  ///< tokens of continuations
  int64_t head_rows = 0;      ///< rows for which logits were needed
  int64_t visible_pairs = 0;  ///< of trie tokens, for attention without a window
  int64_t window_pairs = 0;   ///< those inside the model's window; 0 if it has none
  WorkFlops flops;            ///< exact arithmetic; see ExpectedWork
  ExecutedWork executed;      ///< work of the kernels, decisions of the FFNs
  double seconds = 0;         ///< wall time inside Score
  /// By name. The time of a pack is split among its docs by their trie tokens, and all are scaled so that
  /// their sum is `seconds`: workers score several packs at once.
  std::map<std::string, TaskStatistics> tasks;
};

/// Receivers of the traces of docs.
struct ScorerTrace {
  TraceSink* sink = nullptr;  ///< gets every doc before its scores are reported
  /// Docs whose branch features are wanted (needs a shape with cosines), and their receiver, which is called
  /// from any thread.
  std::function<bool(const std::string& task, int64_t doc_id)> wants_features;
  std::function<void(const BranchFeatures&)> features;
};

class TransformerScorer : public Scorer {
 public:
  /// Takes effect from now on. What the trace points to must outlive the scorer.
  virtual void SetTrace(ScorerTrace trace) = 0;

  virtual ScoringStatistics statistics() const = 0;
  virtual int workers() const = 0;
};

/// Reads the checkpoint's weights.
std::unique_ptr<TransformerScorer> MakeTransformerScorer(const Checkpoint& checkpoint,
                                                         const ScorerOptions& options);

}  // namespace vffn
