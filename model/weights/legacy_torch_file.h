// Files that torch.save wrote before torch 1.6.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/weights/tensor_view.h"

namespace vffn {

/// The tensors of a state dict, as ReadTorchFile. Such a file is a row of pickles (a magic number, the
/// version of the format, the machine's sizes, what was saved, the keys of the storages), then the storages:
/// the number of elements and the elements, little-endian.
std::vector<TensorView> ReadLegacyTorchFile(std::string_view bytes, const std::string& origin);

}  // namespace vffn
