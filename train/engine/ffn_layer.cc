#include "train/engine/ffn_layer.h"

#include "base/error.h"
#include "train/engine/looped_layer.h"
#include "train/engine/moe_layer.h"
#include "train/engine/versatile_layer.h"

namespace vffn {

std::unique_ptr<FfnLayer> MakeFfnLayer(const ModelConfig& config, int64_t layer) {
  switch (config.ffn.kind) {
    case FfnKind::kDense:
    case FfnKind::kKLoop:
      return std::make_unique<LoopedLayer>(config, layer);
    case FfnKind::kMoe:
      return std::make_unique<MoeLayer>(config, layer);
    case FfnKind::kVersatile:
      return std::make_unique<VersatileLayer>(config, layer);
    case FfnKind::kSparseMoe:
      break;
  }
  Fail("an FFN of kind ", NameOf(config.ffn.kind), " cannot be trained");
}

}  // namespace vffn
