// Files that torch.save writes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/weights/tensor_view.h"

namespace vffn {

/// The tensors of a state dict (StateDictTensors), as views of `bytes` (the whole file), which must outlive
/// them. Reads the zip format and the one of torch before 1.6. Nothing in the file is executed. Storages are
/// not copied and may be shared. Throws Error, beginning with `origin`, if the file holds no state dict of
/// plain tensors.
std::vector<TensorView> ReadTorchFile(std::string_view bytes, const std::string& origin);

/// The tensor of a file in the zip format that holds just one. Throws Error as ReadTorchFile.
TensorView ReadTorchTensor(std::string_view bytes, const std::string& origin);

}  // namespace vffn
