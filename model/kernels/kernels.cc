#include "model/kernels/kernels.h"

#include <cstdlib>
#include <new>

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "model/kernels/instruction_sets.h"

namespace vffn::kernels {
namespace {

constexpr size_t kAlignment = 64;

#if defined(__x86_64__)
/// Whether processor and system let this process use tiles. Linux wants to be asked (arch_prctl(2)).
bool MayUseTiles() {
#if defined(__linux__)
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;               // XFEATURE_XTILEDATA
  return __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") &&
         syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}
#endif

}  // namespace

void AlignedDelete::operator()(void* memory) const { std::free(memory); }

AlignedBytes AllocateAligned(size_t bytes) {
  void* memory = nullptr;
  if (posix_memalign(&memory, kAlignment, bytes) != 0) {
    throw std::bad_alloc();
  }
  return AlignedBytes(static_cast<std::byte*>(memory));
}

std::vector<const Kernels*> SupportedKernels() {
  std::vector<const Kernels*> supported;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    if (__builtin_cpu_supports("avx512bf16")) {
      if (MayUseTiles()) {
        supported.push_back(&AmxBf16Kernels());
      }
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
