#include "model/layer_parameters.h"

namespace vffn {
namespace {

NormParameters ReadNormParameters(const ReadParameter& read, const std::string& name, bool has_weight,
                                  bool has_bias) {
  return {.weight = has_weight ? read(name + ".weight").Read() : at::Tensor(),
          .bias = has_bias ? read(name + ".bias").Read() : at::Tensor()};
}

}  // namespace

LinearParameters ReadLinear(const ReadParameter& read, const std::string& name, bool has_bias) {
  return {.weight = read(name + ".weight"), .bias = has_bias ? read(name + ".bias").Read() : at::Tensor()};
}

Norm ReadNorm(const ReadParameter& read, const std::string& name, const ModelConfig& config,
              const ComputeContext& context) {
  return Norm(config, ReadNormParameters(read, name, config.norm_weight, config.norm_bias), context);
}

Norm ReadQkNorm(const ReadParameter& read, const std::string& name, const ModelConfig& config,
                const ComputeContext& context) {
  return Norm(config, ReadNormParameters(read, name, config.qk_norm_weight, config.qk_norm_bias), context);
}

}  // namespace vffn
