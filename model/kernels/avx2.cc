// AVX2 with FMA; compiled with -mavx2 -mfma.
#include "model/kernels/vector_avx2.h"
//
#include "model/kernels/kernel_set.h"
//
#include "model/kernels/instruction_sets.h"

namespace vffn::kernels {

const Kernels& Avx2Kernels() {
  static constexpr Kernels kKernels = MakeKernels("avx2");
  return kKernels;
}

}  // namespace vffn::kernels
