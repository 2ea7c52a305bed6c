// Reading the parameters of a layer by name.
#pragma once

#include <functional>
#include <string>

#include "model/config.h"
#include "model/linear.h"
#include "model/norm.h"

namespace vffn {

/// A parameter of the layer by the last part of its name ("ffn_in.weight").
using ReadParameter = std::function<Parameter(const std::string& name)>;

/// "NAME.weight", and "NAME.bias" if the layer has one.
LinearParameters ReadLinear(const ReadParameter& read, const std::string& name, bool has_bias);

/// A norm of the residual stream: "NAME.weight" and "NAME.bias" as the model has them.
Norm ReadNorm(const ReadParameter& read, const std::string& name, const ModelConfig& config,
              const ComputeContext& context);

/// A norm of queries or keys: the same, with qk_norm_weight and qk_norm_bias.
Norm ReadQkNorm(const ReadParameter& read, const std::string& name, const ModelConfig& config,
                const ComputeContext& context);

}  // namespace vffn
