// What a forward pass computed for the tokens of one doc: the contract between the scoring engine, trace
// files and analyses. No torch and no tokenizer here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/config.h"

namespace vffn {

/// What a model decides token by token, and therefore which columns its traces have.
struct TraceShape {
  int64_t layers = 0;          ///< 0: nothing is decided token by token (dense, k-Loop)
  int64_t max_loops = 0;       ///< L_max; 0: no loop counts (MoE kinds, a VersatileFFN without depth branch)
  int64_t n_experts = 0;       ///< N; 0: no experts
  int64_t top_k = 0;           ///< k
  bool probabilities = false;  ///< the loop head ran; false where loop counts are forced
  bool lambda = false;         ///< width and depth branch are fused
  bool cosine = false;         ///< the outputs of the branches were compared (--trace_branches)
  bool from_doc = false;       ///< it is told which tokens are text of the docs' records

  /// Calls visit(name, field) for every field.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("layers", self.layers);
    visit("max_loops", self.max_loops);
    visit("n_experts", self.n_experts);
    visit("top_k", self.top_k);
    visit("probabilities", self.probabilities);
    visit("lambda_width", self.lambda);
    visit("cosine", self.cosine);
    visit("from_doc", self.from_doc);
  }

  bool operator==(const TraceShape&) const = default;
};

/// The shape of the traces of a model under its probes. `branches`: the outputs of the branches are traced.
inline TraceShape TraceShapeOf(const ModelConfig& config, bool branches) {
  const FfnConfig& ffn = config.ffn;
  TraceShape shape;
  if (HasExperts(ffn.kind)) {
    shape = {.layers = config.n_layers, .n_experts = ffn.n_experts, .top_k = ffn.top_k};
  }
  if (ffn.kind == FfnKind::kVersatile) {
    const bool depth = FixedLambda(ffn.probes) != 1.0;
    shape.max_loops = depth ? ffn.max_loops : 0;
    shape.probabilities = depth && ffn.probes.loops == 0;
    shape.lambda = true;
    shape.cosine = branches && depth;
  }
  shape.from_doc = true;
  return shape;
}

/// The fields of DocTrace to read beside task, doc_id, nodes_run, tokens, parents, positions, choices,
/// readers and scored. The others stay empty.
struct TraceColumns {
  bool log_probs = false;
  bool pieces = false;
  bool origins = false;  ///< from_doc
  bool loop_counts = false;
  bool loop_probabilities = false;
  bool lambdas = false;
  bool experts = false;  ///< and gate weights
  bool cosines = false;

  static TraceColumns All();
};

/// The tokens of one doc, each distinct prefix of its requests once.
///
/// Nodes 0..nodes_run-1 are those of the token trie, in its order: they went through the model. The other
/// nodes are the last tokens of continuations that are no trie node, once per (parent, token): predicted,
/// never read, they have no decisions. A node comes after its parent.
struct DocTrace {
  std::string task;
  int64_t doc_id = 0;

  // [nodes]
  std::vector<int32_t> tokens;
  std::vector<int32_t> parents;                 ///< -1: none, the first token of a request
  std::vector<int32_t> positions;               ///< depth, from 0
  std::vector<int32_t> choices;                 ///< first request that holds the node; numbers from that of
                                                ///< choices on are those of unconditional requests
  std::vector<int32_t> readers;                 ///< requests whose query contains the node; 0: it did not run
  std::vector<int32_t> scored;                  ///< requests in which it is a token of the continuation
  std::vector<std::optional<float>> log_probs;  ///< natural log, given the parent; absent unless scored > 0
  std::vector<std::string> pieces;  ///< bytes of the token. Empty for a writer: it asks the tokenizer itself
  /// Whether a token of a context is text of the doc's record: false for the template of the prompt and for
  /// solved examples. Absent where that is not known, and for tokens of continuations. Empty for a writer: it
  /// asks TraceWriterOptions::from_doc.
  std::vector<std::optional<bool>> from_doc;

  // Per layer of the nodes that ran: [layers, nodes_run, ...], or empty where TraceShape has none.
  std::vector<uint8_t> loop_counts;  ///< [layers, nodes_run] 1..L_max, as executed (also forced or shuffled)
  std::vector<float> loop_probabilities;      ///< [.., L_max] softmax of the token's own loop logits
  std::vector<float> lambdas;                 ///< [layers, nodes_run] in [0, 1]
  std::vector<int16_t> experts;               ///< [.., k] best first; -1 where the width branch did not run
  std::vector<float> gate_weights;            ///< [.., k]; 0 where the width branch did not run
  std::vector<std::optional<float>> cosines;  ///< [layers, nodes_run] of Y_width, Y_depth; absent if one is 0

  int64_t nodes_run = 0;

  int64_t nodes() const { return static_cast<int64_t>(tokens.size()); }
};

/// Throws Error, naming the doc, the field and the place, if sizes do not fit together, parents do not come
/// first, a count, index, probability or cosine is out of its range, or a number is not finite.
void Validate(const DocTrace& doc, const TraceShape& shape, const std::string& origin);

/// Receives the traces of a run.
class TraceSink {
 public:
  virtual ~TraceSink() = default;

  virtual const TraceShape& shape() const = 0;

  /// Thread safe. Throws Error if the doc is not valid or cannot be written. Docs may come in any order.
  virtual void Write(const DocTrace& doc) = 0;
};

}  // namespace vffn
