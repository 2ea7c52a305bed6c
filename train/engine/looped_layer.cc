#include "train/engine/looped_layer.h"

namespace vffn {
namespace {

int64_t LoopsOf(const FfnConfig& ffn) {
  if (ffn.kind != FfnKind::kKLoop) {
    return 1;
  }
  return ffn.probes.loops > 0 ? ffn.probes.loops : ffn.max_loops;
}

}  // namespace

LoopedLayer::LoopedLayer(const ModelConfig& config, int64_t layer)
    : loops_(LoopsOf(config.ffn)), chain_(config, layer) {}

at::Tensor LoopedLayer::Forward(const LayerPass& pass, const at::Tensor& h) {
  chain_.Forward(pass, h, std::vector<int64_t>(loops_, h.size(0)), /*keep_hidden=*/false);
  return chain_.TakeLastState();
}

at::Tensor LoopedLayer::Backward(const LayerPass& pass, const at::Tensor& dy) {
  at::Tensor g = dy.clone();
  chain_.Backward(pass, g, [](int64_t) {}, {});
  Clear();
  return g;
}

void LoopedLayer::Clear() { chain_.Clear(); }

}  // namespace vffn
