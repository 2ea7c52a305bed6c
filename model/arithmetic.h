// The name of the arithmetic that a model computes with.
#pragma once

#include <string>

#include "model/compute.h"

namespace vffn {

/// Two computations with the same name give the same scores to the last bit (on a CPU, with kernels):
///   "fma"             float32 on any processor with fused multiply-adds
///   "generic"         float32 without them
///   "amx_bf16", ...   bfloat16: the name of the kernel set (kernels::Kernels::name)
///   "torch", "cuda"   LibTorch's operators: scores agree up to rounding
std::string ArithmeticOf(const ComputeOptions& options);

}  // namespace vffn
