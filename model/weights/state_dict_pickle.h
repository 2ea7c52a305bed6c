// The pickle inside a model.pt, read without executing anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/element_type.h"

namespace vffn {

/// One entry of a state dict: a view of a storage, which is a record of the archive.
struct PickledTensor {
  std::string name;
  std::string storage;  ///< the record's key: "0", "1", ...
  ElementType type = ElementType::kF32;
  int64_t storage_elements = 0;
  int64_t offset = 0;  ///< in elements, as the strides
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
};

/// Reads a pickled {name: tensor} (dict or OrderedDict; protocols 2 to 5) by interpreting the two dozen
/// opcodes that torch.save needs. The only globals understood are collections.OrderedDict,
/// torch._utils._rebuild_tensor_v2, torch._utils._rebuild_parameter and the torch.*Storage types; nothing is
/// imported or called. Sizes are as pickled: check them against the storages. Throws Error, beginning with
/// `origin`, naming any other global or opcode and its offset, and if the pickle is malformed or holds more
/// than a state dict may.
std::vector<PickledTensor> ReadStateDictPickle(std::string_view pickle, const std::string& origin);

}  // namespace vffn
