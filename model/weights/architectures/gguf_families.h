// The architectures of GGUF files.
#pragma once

#include <string_view>

#include "model/weights/architectures/architecture.h"

namespace vffn {

/// The form of a family in GGUF files, by the name that llama.cpp gives it: "qwen2". The name must be known.
GgufForm GgufFamily(std::string_view name);

}  // namespace vffn
