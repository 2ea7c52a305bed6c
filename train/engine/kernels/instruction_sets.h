// The training kernels of each instruction set, one translation unit each.
#pragma once

#include "train/engine/kernels/training_kernels.h"

namespace vffn::kernels {

const TrainingKernelSet& GenericTrainingKernels();
#if defined(__x86_64__)
const TrainingKernelSet& Avx2TrainingKernels();
const TrainingKernelSet& Avx512TrainingKernels();
#endif

}  // namespace vffn::kernels
