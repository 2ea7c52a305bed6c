// AVX-512 F, BW, DQ, VL.
#include "model/kernels/vector_avx512.h"
//
#include "model/kernels/kernel_set.h"
//
#include "model/kernels/instruction_sets.h"

namespace vffn::kernels {

const Kernels& Avx512Kernels() {
  static constexpr Kernels kKernels = MakeKernels("avx512");
  return kKernels;
}

}  // namespace vffn::kernels
