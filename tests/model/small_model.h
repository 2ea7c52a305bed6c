// A dense model of two layers, for tests of what is written about a model.
#pragma once

#include "model/config.h"

namespace vffn {

inline ModelConfig SmallModel() {
  return {.d_model = 64,
          .n_layers = 2,
          .n_heads = 4,
          .n_kv_heads = 4,
          .head_size = 16,
          .ffn_hidden_size = 128,
          .vocab_size = 512,
          .max_sequence_length = 64};
}

}  // namespace vffn
