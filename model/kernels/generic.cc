// Any processor: no instruction set assumed, no fused multiply-add.
#include "model/kernels/vector_generic.h"
//
#include "model/kernels/kernel_set.h"
//
#include "model/kernels/instruction_sets.h"

namespace vffn::kernels {

const Kernels& GenericKernels() {
  static constexpr Kernels kKernels = MakeKernels("generic");
  return kKernels;
}

}  // namespace vffn::kernels
