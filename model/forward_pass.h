// The arguments that all layers of one forward pass share.
#pragma once

#include "model/packed_batch.h"
#include "model/trace.h"

namespace vffn {

/// What it points to must outlive the pass.
struct ForwardPass {
  const PackedBatch* batch = nullptr;
  Trace* trace = nullptr;  ///< null: nothing is recorded

  bool wants_decisions() const { return trace != nullptr; }
  bool wants_branches() const { return trace != nullptr && trace->detail() == TraceDetail::kBranches; }
};

}  // namespace vffn
