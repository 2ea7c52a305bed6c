// Writing files in the zip format of torch.save(state_dict).
#pragma once

#include <filesystem>
#include <vector>

#include "model/weights/tensor_source.h"

namespace vffn {

/// Writes float32 and bfloat16 tensors to `path` as an OrderedDict of CPU tensors in this order, each with a
/// storage of its own. torch.load(path, weights_only=True) reads the file, also with mmap=True. The file is
/// complete or does not exist. Throws Error as WriteSafetensors, and if a tensor is of another type.
void WriteTorchFile(const std::filesystem::path& path, const std::vector<TensorSource>& tensors);

}  // namespace vffn
