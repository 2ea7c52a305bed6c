// Files made by torch.save(state_dict) in its zip format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/weights/tensor_view.h"

namespace vffn {

/// The tensors of a model.pt, as views into `bytes` (the whole file), which must outlive them. Nothing in the
/// file is executed, storages are not copied and may be shared. Throws Error, beginning with `origin`, on
/// anything else than a state dict of plain tensors; files of torch before 1.6 are refused with advice.
std::vector<TensorView> ReadTorchFile(std::string_view bytes, const std::string& origin);

}  // namespace vffn
