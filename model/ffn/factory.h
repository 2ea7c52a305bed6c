// Constructs the FFN of a layer from its configuration and parameters.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "model/compute_context.h"
#include "model/config.h"
#include "model/ffn/ffn.h"
#include "model/linear.h"

namespace vffn {

/// Reads a parameter of the layer by the last part of its name ("ffn_in.weight"): float32.
using ReadParameter = std::function<at::Tensor(const std::string& name)>;

/// "NAME.weight", and "NAME.bias" if the layer has one.
LinearParameters ReadLinear(const ReadParameter& read, const std::string& name, bool has_bias);

/// The FFN of a layer, without the norms that the block owns. Throws Error if the configuration has an
/// ffn_bias for a kind with experts: they are slices of an FFN, and no reference defines the share of the
/// output bias that belongs to a slice.
std::unique_ptr<Ffn> MakeFfn(const ModelConfig& config, int64_t layer, const ReadParameter& read,
                             const ComputeContext& context);

}  // namespace vffn
