#include "model/arithmetic.h"

#include <string_view>

#include "model/kernels/kernels.h"

namespace vffn {

std::string ArithmeticOf(const ComputeOptions& options) {
  if (options.device != "cpu") {
    return options.device.substr(0, options.device.find(':'));
  }
  if (options.backend == Backend::kTorch) {
    return "torch";
  }
  const std::string name = kernels::BestKernels().name;
  return options.dtype == Dtype::kFloat32 && name != "generic" ? "fma" : name;
}

}  // namespace vffn
