// AVX-512 with bfloat16 dot products (VDPBF16PS).
#define VFFN_NATIVE_BFLOAT16
#include "model/kernels/vector_avx512.h"
//
#include "model/kernels/kernel_set.h"
//
#include "model/kernels/instruction_sets.h"

namespace vffn::kernels {

const Kernels& Avx512Bf16Kernels() {
  static constexpr Kernels kKernels = MakeKernels("avx512_bf16");
  return kKernels;
}

}  // namespace vffn::kernels
