// What a forward pass showed of one doc: the contract between the scoring engine, trace files and analyses.
// No torch and no tokenizer here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/config.h"

namespace vffn {

/// What a model decides token by token, and so what its traces hold.
struct TraceShape {
  int64_t layers = 0;     ///< 0: nothing is decided token by token (dense, k-Loop)
  int64_t max_loops = 0;  ///< L_max; 0: no loop counts (MoE, a VersatileFFN that never runs its depth branch)
  int64_t n_experts = 0;  ///< N; 0: no experts
  int64_t top_k = 0;      ///< k
  bool probabilities = false;  ///< the loop head was asked; false where loop counts are forced
  bool lambda = false;         ///< width and depth branch are fused
  bool cosine = false;         ///< the branches were compared (--trace_branches)

  /// Calls visit(name, field) for every field.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("layers", self.layers);
    visit("max_loops", self.max_loops);
    visit("n_experts", self.n_experts);
    visit("top_k", self.top_k);
    visit("probabilities", self.probabilities);
    visit("lambda", self.lambda);
    visit("cosine", self.cosine);
  }

  bool operator==(const TraceShape&) const = default;
};

/// Of a model under its probes; `branches`: what the branches compute is traced, too.
TraceShape TraceShapeOf(const ModelConfig& config, bool branches);

/// Stands for "not there" in the float fields below; files have a null instead.
inline constexpr float kAbsent = -1e30F;

/// One doc's tokens, each distinct prefix of its requests once.
///
/// Nodes 0..run-1 are the token trie's, in its order: they went through the model. Nodes run..nodes-1 are the
/// last tokens of continuations that are no trie node, once per (parent, token): predicted, never read, they
/// have no decisions. A node comes after its parent.
struct DocTrace {
  std::string task;
  int64_t doc_id = 0;

  // [nodes]
  std::vector<int32_t> tokens;
  std::vector<int32_t> parents;    ///< -1: none, the first token of a request
  std::vector<int32_t> positions;  ///< depth, from 0
  std::vector<int32_t> choices;    ///< first request that holds the node
  std::vector<int32_t>
      weights;                  ///< requests whose query holds it: what it counts without sharing; 0: not run
  std::vector<int32_t> scored;  ///< requests in which it is a token of the continuation
  std::vector<float> log_probs;     ///< natural log, of the token given its parent; kAbsent unless scored > 0
  std::vector<std::string> pieces;  ///< bytes of the token. For a writer empty: it asks the tokenizer itself

  // Per layer of the nodes that were run: [layers, run, ...], or empty where TraceShape has none.
  std::vector<uint8_t> loop_counts;  ///< [layers, run] 1..L_max, as executed (also forced, also shuffled)
  std::vector<float> loop_probabilities;  ///< [layers, run, L_max] softmax of the token's own loop logits
  std::vector<float> lambdas;             ///< [layers, run] in [0, 1]
  std::vector<int16_t> experts;     ///< [layers, run, k] best first; -1 where the width branch was not run
  std::vector<float> gate_weights;  ///< [layers, run, k]; 0 where it was not run
  std::vector<float> cosines;       ///< [layers, run] of Y_width and Y_depth; kAbsent if one is zero

  int64_t run = 0;

  int64_t nodes() const { return static_cast<int64_t>(tokens.size()); }
};

/// Throws Error, naming the doc, the field and the place, if sizes do not fit together, parents do not come
/// first, a count, index, probability or cosine is out of its range, or a number is not finite.
void Validate(const DocTrace& doc, const TraceShape& shape, const std::string& origin);

/// Who takes the traces of a run.
class TraceSink {
 public:
  virtual ~TraceSink() = default;

  virtual const TraceShape& shape() const = 0;

  /// Thread safe. Throws Error if the doc is not valid or cannot be written. Docs may come in any order.
  virtual void Write(const DocTrace& doc) = 0;
};

}  // namespace vffn
