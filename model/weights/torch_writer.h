// Writing files as torch.save(state_dict) does in its zip format.
#pragma once

#include <filesystem>
#include <vector>

#include "model/weights/tensor_source.h"

namespace vffn {

/// Writes float32 tensors to `path`, whole or not at all, as an OrderedDict of CPU tensors, each with a
/// storage of its own, in this order: what torch.load(path, weights_only=True) reads, also with mmap=True.
/// Throws Error as WriteSafetensors, and if a tensor is not float32.
void WriteTorchFile(const std::filesystem::path& path, const std::vector<TensorSource>& tensors);

}  // namespace vffn
