// The parts of Hugging Face checkpoints that most decoder architectures have in common.
#pragma once

#include <string_view>

#include "base/fields.h"
#include "model/config.h"
#include "model/weights/recipe.h"

namespace vffn {

/// Throws Error, naming key and value, unless the key is absent or has the supported value.
void RequireValue(const Fields& config, std::string_view key, const Json& supported);

/// Sizes, rotary base, norm epsilon and head of a config.json whose keys are named as Llama's, with
/// LlamaConfig's defaults. Biases are left false. Throws Error if a key is missing or malformed, and on
/// another activation than SiLU, partial rotary embeddings, and rotary scaling.
ModelConfig ReadDecoderConfig(const Fields& config);

/// The tensors of an architecture that names them as Llama does: separate q, k, v, gate and up projections,
/// biases included.
Recipe HuggingFaceDecoderTensors();

}  // namespace vffn
