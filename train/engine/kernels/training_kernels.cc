#include "train/engine/kernels/training_kernels.h"

#include "train/engine/kernels/instruction_sets.h"

namespace vffn::kernels {

std::vector<const TrainingKernelSet*> SupportedTrainingKernels() {
  std::vector<const TrainingKernelSet*> supported;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    supported.push_back(&Avx512TrainingKernels());
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    supported.push_back(&Avx2TrainingKernels());
  }
#endif
  supported.push_back(&GenericTrainingKernels());
  return supported;
}

const TrainingKernelSet& BestTrainingKernels() {
  static const TrainingKernelSet& best = *SupportedTrainingKernels().front();
  return best;
}

}  // namespace vffn::kernels
