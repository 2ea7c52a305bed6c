// The scoring engine over a transformer.
#pragma once

#include <cstdint>
#include <memory>

#include "eval/scorer.h"
#include "model/compute.h"
#include "model/executed_work.h"
#include "model/weights/checkpoint.h"
#include "trace/doc_trace.h"

namespace vffn {

struct ScorerOptions {
  ComputeOptions compute;
  int workers = 0;  ///< packs scored at once, one thread each; 0: as many as there are cores (1 on a GPU)
  int64_t pack_tokens = 0;  ///< trie nodes in a pack (a larger doc is a pack alone); 0: chosen for the device
  int64_t max_sequence_length = 0;  ///< 0: the model's
  TraceSink* trace = nullptr;       ///< gets every doc before its scores are done; null: nothing is traced
};

/// What scoring cost so far.
struct ScoringStatistics {
  int64_t docs = 0;
  int64_t trie_tokens = 0;
  int64_t query_tokens = 0;   ///< what the same requests would be without sharing
  int64_t scored_tokens = 0;  ///< tokens of continuations
  int64_t head_rows = 0;      ///< rows for which logits were needed
  int64_t visible_pairs = 0;  ///< of trie tokens, for attention
  WorkFlops flops;            ///< that cannot be done without; see ExpectedWork
  ExecutedWork executed;      ///< what the kernels did, and the FFNs decided
  double seconds = 0;         ///< wall time inside Score
};

class TransformerScorer : public Scorer {
 public:
  virtual ScoringStatistics statistics() const = 0;
  virtual int workers() const = 0;
};

/// Reads the checkpoint's weights.
std::unique_ptr<TransformerScorer> MakeTransformerScorer(const Checkpoint& checkpoint,
                                                         const ScorerOptions& options);

}  // namespace vffn
