// The names of classes and functions that a pickle may ask for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/weights/element_type.h"

namespace vffn {

/// What the interpreter makes of a call.
enum class PickleGlobal : uint8_t {
  kOrderedDict,
  kSize,              ///< torch.Size: the tuple
  kRebuildTensor,     ///< of the storage's type
  kRebuildTensorV3,   ///< of a type of its own
  kRebuildParameter,  ///< its data
  kRebuildFromType,   ///< calls one of the functions above
  kRecord,            ///< a PickleKind::kRecord that keeps arguments and state
  kStorageType,       ///< not called
  kDtype,             ///< not called
};

struct KnownGlobal {
  std::string_view name;
  PickleGlobal global;
  ElementType type = ElementType::kF32;  ///< of a kStorageType or kDtype
};

/// Null if a pickle may not ask for it. The table has the globals of state dicts, of plain values that stand
/// beside one (numbers of NumPy, sets, devices), and of the metadata of PyTorch's distributed checkpoints.
const KnownGlobal* FindPickleGlobal(std::string_view name);

/// Why a file asks for a global that is not known, as a clause for the error: "it holds the options of a
/// training script (argparse)".
std::string CauseOfUnknownGlobal(std::string_view name);

}  // namespace vffn
