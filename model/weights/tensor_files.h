// Files of tensors, alone or in shards.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/mapped_checkpoint.h"
#include "model/weights/tensor_view.h"

namespace vffn {

/// The tensors of a safetensors file or one of torch.save, whose `bytes` must outlive them. The contents
/// determine which it is, not the name. Throws Error, beginning with `origin`, if it is neither, or damaged.
std::vector<TensorView> ReadTensors(std::string_view bytes, const std::string& origin);

/// Maps a file and adds it with its tensors. Returns the number of tensors.
size_t AddTensorFile(const std::filesystem::path& path, OpenedFiles& opened);

/// Adds an index (model.safetensors.index.json, pytorch_model.bin.index.json) and the files in its folder
/// that it names. Throws Error if a file is missing, or the index and a file disagree about where a tensor
/// is.
void AddShards(const std::filesystem::path& index, OpenedFiles& opened);

}  // namespace vffn
