#include "train/run/stored_weights.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace vffn {

StoredWeights::StoredWeights(const ModelConfig& config, const ParameterStore& parameters)
    : config_(config), parameters_(parameters), weights_(parameters.masters().to(at::kCPU, at::kFloat)) {}

void StoredWeights::Read(const std::string& parameter, std::span<float> out) const {
  VFFN_CHECK(parameters_.Has(parameter), "the model in training has no parameter ", parameter);
  const at::Tensor values = parameters_.View(weights_, parameter).contiguous();
  VFFN_CHECK(static_cast<size_t>(values.numel()) == out.size(), parameter, " has ", values.numel(),
             " elements, not ", out.size());
  std::copy_n(values.const_data_ptr<float>(), out.size(), out.begin());
  const auto broken = std::ranges::find_if_not(out, [](float value) { return std::isfinite(value); });
  VFFN_CHECK(broken == out.end(), parameter, "[", broken - out.begin(), "] is ", *broken,
             ": training has diverged");
}

}  // namespace vffn
