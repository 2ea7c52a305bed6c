// The kernel sets, one per translation unit compiled for its instruction set.
#pragma once

#include "model/kernels/kernels.h"

namespace vffn::kernels {

const Kernels& GenericKernels();
#if defined(__x86_64__)
const Kernels& Avx2Kernels();
const Kernels& Avx512Kernels();
const Kernels& Avx512Bf16Kernels();
const Kernels& AmxBf16Kernels();
#endif

}  // namespace vffn::kernels
