// The safetensors container: https://huggingface.co/docs/safetensors
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/weights/tensor_view.h"

namespace vffn {

/// The tensors of one file, in the order of their bytes; `bytes` (the whole file) must outlive them. As the
/// reference implementation: a header of at most 100 MB, and tensors that fill the rest without gaps or
/// overlaps. Throws Error, beginning with `origin`, if that is not so or a dtype is not supported.
std::vector<TensorView> ReadSafetensors(std::string_view bytes, const std::string& origin);

}  // namespace vffn
