// ComputeOptions resolved for this LibTorch and this machine's processor.
#pragma once

#include <ATen/ATen.h>

#include "model/compute.h"
#include "model/executed_work.h"
#include "model/kernels/kernels.h"

namespace vffn {

struct ComputeContext {
  /// Throws Error if the device does not exist here. `work` must outlive everything that uses the context.
  ComputeContext(const ComputeOptions& options, WorkCounter& work);

  /// The same, with linear layers in float32.
  ComputeContext InFloat32() const;

  at::Device device;
  at::ScalarType linear_type;  ///< of linear layers' operands
  /// Without kernels: of what only attention and linear layers read (queries, keys, values, hidden units).
  /// linear_type on a GPU, which computes attention in it; float32 on a CPU.
  at::ScalarType inner_type;
  const kernels::Kernels* kernels;   ///< null: LibTorch's operators
  kernels::GemmPrecision precision;  ///< linear_type, as the kernels name it
  bool masked, reuse_hidden;
  WorkCounter* work;
};

}  // namespace vffn
