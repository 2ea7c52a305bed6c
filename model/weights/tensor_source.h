// Tensors to be written to a file, one at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/element_type.h"

namespace vffn {

/// Takes the next bytes of a file.
using ByteSink = std::function<void(std::string_view bytes)>;

/// A contiguous, row-major tensor of a plain type that produces its bytes on demand: a file of many tensors
/// is written with one of them in memory.
struct TensorSource {
  std::string name;
  ElementType type = ElementType::kF32;
  std::vector<int64_t> shape;
  /// Gives all bytes, in order, in any number of pieces. May be called more than once.
  std::function<void(const ByteSink& sink)> write;
};

/// Gives the tensor's bytes to `sink`. Throws Error, beginning with `origin` and the name, if their number is
/// not that of type and shape.
void WriteTensor(const TensorSource& tensor, const std::string& origin, const ByteSink& sink);

}  // namespace vffn
