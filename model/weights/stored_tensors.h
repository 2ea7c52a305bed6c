// A checkpoint's parameters in the form another format stores them.
#pragma once

#include <functional>
#include <vector>

#include "model/weights/checkpoint.h"
#include "model/weights/recipe.h"
#include "model/weights/tensor_source.h"

namespace vffn {

/// The tensors that a recipe makes of `source`'s parameters, in model order. `type` is kF32, or kBf16, to
/// which values are rounded (nearest even). A parameter is read when the first of its tensors is written,
/// into a buffer that all tensors share: written in this order, every parameter is read once, and one is in
/// memory at a time. `source` must outlive the tensors. `before_each` is called before a tensor is written;
/// it may throw. Throws Error if the recipe has no tensor for a parameter.
std::vector<TensorSource> StoredTensors(const Checkpoint& source, const Recipe& recipe, ElementType type,
                                        const std::function<void()>& before_each);

}  // namespace vffn
