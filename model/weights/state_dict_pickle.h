// Reading the pickle of a model.pt without executing anything.
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
/// opcodes that torch.save needs. It knows only the globals collections.OrderedDict,
/// torch._utils._rebuild_tensor_v2, torch._utils._rebuild_parameter and the torch.*Storage types; nothing is
/// imported or called. Sizes are as pickled: the caller must compare them with the storages. Throws Error,
/// beginning with `origin`, if the pickle is malformed, has another global or opcode (named with its offset),
/// or holds more than a state dict may.
std::vector<PickledTensor> ReadStateDictPickle(std::string_view pickle, const std::string& origin);

}  // namespace vffn
