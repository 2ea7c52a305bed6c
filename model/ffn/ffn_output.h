// What an FFN returns: the stream after it, and what it decided on the way.
#pragma once

#include <ATen/ATen.h>

namespace vffn {

/// What an FFN decided for every token, for statistics and traces. A tensor is undefined where the kind of
/// FFN has no such thing, or did not compute it.
struct FfnDecisions {
  at::Tensor loop_logits;    // [T, L_max] of the loop head
  at::Tensor loop_counts;    // [T] int64, 1 to L_max, as executed
  at::Tensor lambda;         // [T] Eq. 13
  at::Tensor width_active;   // [T] uint8: 1 where the width branch contributes to the output
  at::Tensor gating_logits;  // [T, N] of the router; 0 where no experts ran
  at::Tensor experts;        // [T, k] int64, best first; -1 where none ran
  at::Tensor gate_weights;   // [T, k] g of Eq. 7; 0 where none ran

  /// Calls visit(name, tensor) for every field, with the names of recorded oracles and `vffn logits --trace`.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("depth_logits", self.loop_logits);
    visit("loop_count", self.loop_counts);
    visit("lambda_width", self.lambda);
    visit("width_active", self.width_active);
    visit("gate_logits", self.gating_logits);
    visit("expert_indices", self.experts);
    visit("expert_weights", self.gate_weights);
  }
};

/// What the two branches of a VersatileFFN computed, with the residual in it (Eq. 8 and 9). "All" means also
/// the tokens whose width branch does not contribute to the output. Undefined for other kinds.
struct FfnBranches {
  at::Tensor depth_out;          // [T, d] Y_depth
  at::Tensor width_out;          // [T, d] Y_width; 0 where it does not contribute
  at::Tensor width_out_all;      // [T, d]
  at::Tensor gating_logits_all;  // [T, N]
  at::Tensor experts_all;        // [T, k] int64
  at::Tensor gate_weights_all;   // [T, k]

  /// Calls visit(name, tensor) for every field, as FfnDecisions::Visit.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("depth_out", self.depth_out);
    visit("width_out", self.width_out);
    visit("width_out_all", self.width_out_all);
    visit("gate_logits_all", self.gating_logits_all);
    visit("expert_indices_all", self.experts_all);
    visit("expert_weights_all", self.gate_weights_all);
  }
};

struct FfnOutput {
  at::Tensor states;       // [T, d] the residual stream after the FFN
  FfnDecisions decisions;  // filled under a trace; else empty
  FfnBranches branches;    // filled under a trace with branches; else empty
};

}  // namespace vffn
