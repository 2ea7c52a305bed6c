// Names of tensors that differ from a recipe's only by what a wrapper put around them.
#pragma once

#include <vector>

#include "model/weights/recipe.h"
#include "model/weights/tensor_view.h"

namespace vffn {

/// Renames tensors as the recipe names them:
///   "_orig_mod." (torch.compile), "_fsdp_wrapped_module.", "_checkpoint_wrapped_module." and
///   "_forward_module." are left out wherever they stand;
///   prefixes that all tensors have, such as "module." (DistributedDataParallel) or the name under which a
///   larger module holds the model, are left out if more names fit without them;
///   the prefix of the recipe's names ("model.", "transformer.") is added if a model without its head was
///   saved.
/// Names that fit stay as they are.
void FitNames(const Recipe& recipe, std::vector<TensorView>& tensors);

}  // namespace vffn
