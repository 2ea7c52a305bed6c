// AVX-512, with AMX tiles for bfloat16.
#define VFFN_NATIVE_BFLOAT16
#define VFFN_TILES
#include "model/kernels/vector_avx512.h"
//
#include "model/kernels/kernel_set.h"
//
#include "model/kernels/instruction_sets.h"

namespace vffn::kernels {

const Kernels& AmxBf16Kernels() {
  static constexpr Kernels kKernels = MakeKernels("amx_bf16");
  return kKernels;
}

}  // namespace vffn::kernels
