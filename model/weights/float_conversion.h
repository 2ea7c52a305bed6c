// Conversion of stored elements to float32.
#pragma once

#include <cstdint>

#include "model/weights/element_type.h"

namespace vffn {

/// Converts `count` consecutive elements, a multiple of the type's block size, from `source` (any alignment)
/// to `out`. Values of GGML blocks are bit for bit those of gguf-py 0.19's `dequantize`; F64 is rounded to
/// nearest. `type` must be a real type. The caller must check that both ranges are large enough.
void ConvertToFloat(ElementType type, const char* source, int64_t count, float* out);

}  // namespace vffn
