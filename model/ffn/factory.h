// Constructs the FFN of a layer from its configuration and parameters.
#pragma once

#include <memory>

#include "model/compute_context.h"
#include "model/config.h"
#include "model/ffn/ffn.h"
#include "model/layer_parameters.h"

namespace vffn {

/// The FFN of a layer, without the norms that the block owns. The configuration must be valid (Validate).
std::unique_ptr<Ffn> MakeFfn(const ModelConfig& config, int64_t layer, const ReadParameter& read,
                             const ComputeContext& context);

}  // namespace vffn
