// The dense FFN and the k-Loop baseline.
#pragma once

#include "model/ffn/ffn.h"
#include "model/ffn/mlp.h"

namespace vffn {

/// The same FFN applied `loops` times to the residual stream, F(F(...F(h))): k-Loop, and the dense FFN where
/// loops is 1.
class LoopFfn : public Ffn {
 public:
  LoopFfn(Mlp mlp, int64_t loops) : mlp_(std::move(mlp)), loops_(loops) {}

  FfnOutput forward(const at::Tensor& h, const FfnConnections& connections,
                    const ForwardPass&) const override {
    const FfnStep step{mlp_, connections.ffn};
    at::Tensor states = h;
    for (int64_t loop = 0; loop < loops_; ++loop) {
      states = step.forward(states);
    }
    return {.states = states};
  }

 private:
  Mlp mlp_;
  int64_t loops_;
};

}  // namespace vffn
