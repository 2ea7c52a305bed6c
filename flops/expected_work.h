// The exact arithmetic of a forward pass, computed from the architecture and the decisions of the FFNs: what
// the kernels should have executed. One multiply-add is 2 FLOPs.
//
// Counted: every matrix product (linear layers, router and loop head included) and attention's query-key and
// weight-value products over visible pairs (in layers with a window, those inside it). Not counted: embedding
// look-ups, norms, biases, rotary embedding,
// activation functions, softmax, soft caps, multipliers, residual and gate-weighted sums (under 1 %
// together).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "flops/loop_averages.h"
#include "model/config.h"
#include "model/executed_work.h"
#include "model/packed_batch.h"

namespace vffn {

/// The size of a run. There is no padding, and a context that choices share counts once.
struct WorkSize {
  int64_t tokens = 0;
  int64_t visible_pairs = 0;  ///< (token, token it attends to), itself included; without a window
  int64_t head_rows = 0;      ///< tokens whose logits were needed
  int64_t window_pairs = 0;   ///< those of visible_pairs that layers with a window see; unused without one

  WorkSize& operator+=(const WorkSize& other);
};

/// What a WorkCounter reads after a run of that size, field by field. `decisions` are per layer; they are
/// empty for FFNs without decisions (all kinds but "versatile"). Throws Error if they do not fit the model or
/// the tokens.
ExecutedWork ExpectedWork(const ModelConfig& config, const WorkSize& size,
                          const std::vector<LayerDecisions>& decisions);

/// The FLOPs of that which a layer's experts did not execute because they took hidden values of the first
/// loop (LayerDecisions::reused_tokens): two of their three products.
int64_t ReusedFlops(const ModelConfig& config, const LayerDecisions& decisions);

/// The mean number of tokens that a token of a sequence of `length` sees, itself included. `window` 0: all
/// before it.
double MeanVisible(int64_t length, int64_t window);

/// Mean FLOPs of a token, by kind of work.
struct MeanFlops {
  std::array<double, kWorkKinds> flops = {};

  double operator[](Work work) const { return flops[static_cast<size_t>(work)]; }
  double total() const;
  double FfnTotal() const {
    return (*this)[Work::kFfn] + (*this)[Work::kExperts];
  }  ///< Table 2's "FFN FLOPs"
};

/// For a sequence of `length` tokens, with all layers and the logits of every token. See UseOf for
/// `averages`.
MeanFlops ExpectedFlopsPerToken(const ModelConfig& config, const std::optional<LoopAverages>& averages,
                                int64_t length);

/// All of `work`, divided by `divisor` (tokens, docs ...).
MeanFlops MeanOf(const WorkFlops& work, int64_t divisor);

}  // namespace vffn
