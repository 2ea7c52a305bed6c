// Reading the pickle of a state dict without executing anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/element_type.h"
#include "model/weights/unpickler.h"

namespace vffn {

/// A tensor of a state dict: a view of a storage, whose bytes stand elsewhere in the file.
struct PickledTensor {
  std::string name;
  std::string storage;  ///< its key
  ElementType type = ElementType::kF32;
  int64_t storage_elements = 0;  ///< of `type`
  int64_t offset = 0;            ///< in elements, as the strides
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
};

/// The tensors of what was saved: a state dict {name: tensor}, or a dict in which the state dict lies under
/// "model", "state_dict", "module", "model_state_dict" or "model_state". Numbers, texts and other plain
/// values beside the tensors are left out. Sizes are as pickled: the caller must compare them with the
/// storages. Throws Error, beginning with the pickle's origin, if there is no state dict, or more than one.
std::vector<PickledTensor> StateDictTensors(const Unpickler& objects, PickleRef saved);

/// One saved tensor, which has no name.
PickledTensor SavedTensor(const Unpickler& objects, PickleRef saved);

/// StateDictTensors of a pickle (protocols 2 to 5), which is interpreted: nothing is imported or called.
/// Throws Error, beginning with `origin`, if the pickle is malformed or has a global or opcode (named with
/// its offset) that a state dict does not need.
std::vector<PickledTensor> ReadStateDictPickle(std::string_view pickle, const std::string& origin);

}  // namespace vffn
