// The safetensors container: https://huggingface.co/docs/safetensors
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/weights/tensor_view.h"

namespace vffn {

/// The tensors of one file, in the order of their bytes. `bytes` (the whole file) must outlive them. Throws
/// Error, beginning with `origin`, if the file is malformed or a dtype is not supported. As in the reference
/// implementation, the header has at most 100 MB and the tensors fill the rest without gaps or overlaps.
std::vector<TensorView> ReadSafetensors(std::string_view bytes, const std::string& origin);

}  // namespace vffn
