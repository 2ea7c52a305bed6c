// Stored elements to float32.
#pragma once

#include <cstdint>

#include "model/weights/element_type.h"

namespace vffn {

/// Converts `count` consecutive elements, a multiple of the type's block size, from `source` (any alignment)
/// to `out`. GGML blocks come out bit for bit as gguf-py 0.19's `dequantize` gives them; F64 is rounded to
/// nearest. `type` must be a real type. Sizes are the caller's to check.
void ConvertToFloat(ElementType type, const char* source, int64_t count, float* out);

}  // namespace vffn
