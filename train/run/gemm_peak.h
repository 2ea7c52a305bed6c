// The speed of matrix products, against which a run's speed is compared.
#pragma once

#include <ATen/ATen.h>

namespace vffn {

/// The highest rate, in floating-point operations per second, of LibTorch's product of two large square
/// matrices of that type in some repetitions. Takes a fraction of a second.
double MeasureGemmPeak(const at::Device& device, at::ScalarType type);

}  // namespace vffn
