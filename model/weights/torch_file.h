// Files that torch.save(state_dict) writes in its zip format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/weights/tensor_view.h"

namespace vffn {

/// The tensors of a model.pt, as views of `bytes` (the whole file), which must outlive them. Nothing in the
/// file is executed. Storages are not copied and may be shared. Throws Error, beginning with `origin`, if the
/// file is not a state dict of plain tensors; for files of torch before 1.6 it says how to convert them.
std::vector<TensorView> ReadTorchFile(std::string_view bytes, const std::string& origin);

}  // namespace vffn
