// Dense FFN and k-Loop in training: the dense FFN, applied once or max_loops times to every token.
#pragma once

#include "train/engine/ffn_chain.h"
#include "train/engine/ffn_layer.h"

namespace vffn {

class LoopedLayer : public FfnLayer {
 public:
  LoopedLayer(const ModelConfig& config, int64_t layer);

  at::Tensor Forward(const LayerPass& pass, const at::Tensor& h) override;
  at::Tensor Backward(const LayerPass& pass, const at::Tensor& dy) override;
  void Clear() override;

 private:
  int64_t loops_;
  FfnChain chain_;
};

}  // namespace vffn
