#include "model/kernels/vector_avx512.h"
//
#include "train/engine/kernels/row_loops.h"
//
#include "train/engine/kernels/instruction_sets.h"

namespace vffn::kernels {

const TrainingKernelSet& Avx512TrainingKernels() {
  static constexpr TrainingKernels<float> kFloat32 = MakeTrainingKernels<float>();
  static constexpr TrainingKernels<Bfloat16> kBfloat16 = MakeTrainingKernels<Bfloat16>();
  static constexpr TrainingKernelSet kSet{"avx512", &kFloat32, &kBfloat16};
  return kSet;
}

}  // namespace vffn::kernels
