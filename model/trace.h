// Observing a forward pass.
#pragma once

#include <ATen/ATen.h>

#include "model/ffn/ffn_output.h"
#include "model/trace_detail.h"

namespace vffn {

/// What one layer computed. The first dimension of every tensor is a row of the batch. A tensor is undefined
/// where the layer has no such thing, or the trace's detail does not ask for it.
struct LayerTrace {
  FfnDecisions decisions;
  // With branches only:
  FfnBranches branches;
  at::Tensor post_attention;  // [T, d] H of Eq. 1; none in parallel blocks
  at::Tensor block_out;       // [T, d]

  /// Calls visit(name, tensor) for every tensor.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    FfnDecisions::Visit(self.decisions, visit);
    FfnBranches::Visit(self.branches, visit);
    visit("post_attn", self.post_attention);
    visit("block_out", self.block_out);
  }
};

/// Receives what every layer of one forward pass computed.
class Trace {
 public:
  virtual ~Trace() = default;

  virtual TraceDetail detail() const = 0;

  /// Called once per layer, in order.
  virtual void Record(int64_t layer, const LayerTrace& values) = 0;
};

}  // namespace vffn
