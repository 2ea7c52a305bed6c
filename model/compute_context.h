// ComputeOptions resolved against LibTorch and this machine's processor.
#pragma once

#include <ATen/ATen.h>

#include "model/compute.h"
#include "model/kernels/kernels.h"

namespace vffn {

struct ComputeContext {
  /// Throws Error if the device does not exist here.
  explicit ComputeContext(const ComputeOptions& options);

  at::Device device;
  at::ScalarType linear_type;        ///< of linear layers' operands
  const kernels::Kernels* kernels;   ///< null: LibTorch's operators
  kernels::GemmPrecision precision;  ///< linear_type, as the kernels name it
};

}  // namespace vffn
