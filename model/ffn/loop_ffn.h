// The dense FFN, and the k-Loop baseline.
#pragma once

#include "model/ffn/ffn.h"
#include "model/ffn/swiglu.h"

namespace vffn {

/// The same FFN applied `loops` times, F(F(...F(x))), norm and residual in each: k-Loop, and the dense FFN
/// where loops is 1.
class LoopFfn : public Ffn {
 public:
  LoopFfn(SwiGlu swiglu, int64_t loops) : swiglu_(std::move(swiglu)), loops_(loops) {}

  at::Tensor forward(const at::Tensor& x, const ForwardPass&) const override {
    at::Tensor y = swiglu_.forward(x);
    for (int64_t loop = 1; loop < loops_; ++loop) {
      y = swiglu_.forward(y);
    }
    return y;
  }

 private:
  SwiGlu swiglu_;
  int64_t loops_;
};

}  // namespace vffn
