// Rotary positions in the metadata and the tensors of GGUF files.
#pragma once

#include <string_view>

#include "model/config.h"
#include "model/weights/architectures/gguf_config.h"

namespace vffn {

/// Fills in the fields of rotary positions. `model` has its sizes, its window and the positions of its
/// family. Throws Error if a key asks for a scaling that is not supported.
void ReadGgufRope(const GgufKeys& keys, ModelConfig& model);

/// Whether a tensor belongs to the rotary positions: it is no parameter.
bool IsGgufRopeTensor(std::string_view name);

}  // namespace vffn
