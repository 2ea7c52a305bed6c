#include "model/kernels/kernels.h"

#include <new>

#include "model/kernels/instruction_sets.h"

namespace vffn::kernels {
namespace {

constexpr std::align_val_t kAlignment{64};

}  // namespace

void AlignedDelete::operator()(void* memory) const { ::operator delete(memory, kAlignment); }

AlignedBytes AllocateAligned(size_t bytes) {
  return AlignedBytes(static_cast<std::byte*>(::operator new(bytes, kAlignment)));
}

std::vector<const Kernels*> SupportedKernels() {
  std::vector<const Kernels*> supported;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    if (__builtin_cpu_supports("avx512bf16")) {
      supported.push_back(&Avx512Bf16Kernels());
    }
    supported.push_back(&Avx512Kernels());
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    supported.push_back(&Avx2Kernels());
  }
#endif
  supported.push_back(&GenericKernels());
  return supported;
}

const Kernels& BestKernels() {
  static const Kernels& best = *SupportedKernels().front();
  return best;
}

}  // namespace vffn::kernels
