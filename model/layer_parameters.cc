#include "model/layer_parameters.h"

namespace vffn {
namespace {

Norm ReadNormWith(const ReadParameter& read, const std::string& name, bool has_bias,
                  const ModelConfig& config, const ComputeContext& context) {
  NormParameters parameters;
  if (config.norm_weight) {
    parameters.weight = read(name + ".weight");
  }
  if (has_bias) {
    parameters.bias = read(name + ".bias");
  }
  return Norm(config, parameters, context);
}

}  // namespace

LinearParameters ReadLinear(const ReadParameter& read, const std::string& name, bool has_bias) {
  return {.weight = read(name + ".weight"), .bias = has_bias ? read(name + ".bias") : at::Tensor()};
}

Norm ReadNorm(const ReadParameter& read, const std::string& name, const ModelConfig& config,
              const ComputeContext& context) {
  return ReadNormWith(read, name, config.norm_bias, config, context);
}

Norm ReadQkNorm(const ReadParameter& read, const std::string& name, const ModelConfig& config,
                const ComputeContext& context) {
  return ReadNormWith(read, name, config.qk_norm_bias, config, context);
}

}  // namespace vffn
