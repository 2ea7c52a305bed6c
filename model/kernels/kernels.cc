#include "model/kernels/kernels.h"

#include <cstdio>
#include <cstdlib>
#include <new>

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "model/kernels/instruction_sets.h"
#include "model/kernels/self_check.h"

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

/// Whether products of bfloat16 pairs are faster than those of float32. Intel's processors multiply pairs at
/// half the rate of AVX-512's float32 FMA outside of tiles (measured on Sapphire Rapids).
bool MultipliesPairsFast() { return __builtin_cpu_supports("avx512bf16") && !__builtin_cpu_is("intel"); }
#endif

/// The sets whose instructions this processor has, the fastest first.
std::vector<const Kernels*> RunnableKernels() {
  std::vector<const Kernels*> runnable;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    if (__builtin_cpu_supports("avx512bf16") && MayUseTiles()) {
      runnable.push_back(&AmxBf16Kernels());
    }
    if (MultipliesPairsFast()) {
      runnable.push_back(&Avx512Bf16Kernels());
    }
    runnable.push_back(&Avx512Kernels());
    if (__builtin_cpu_supports("avx512bf16") && !MultipliesPairsFast()) {
      runnable.push_back(&Avx512Bf16Kernels());
    }
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    runnable.push_back(&Avx2Kernels());
  }
#endif
  runnable.push_back(&GenericKernels());
  return runnable;
}

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
  static const std::vector<const Kernels*> supported = [] {
    std::vector<const Kernels*> right;
    for (const Kernels* kernels : RunnableKernels()) {
      const std::string fault = kernels == &GenericKernels() ? std::string() : FaultOf(*kernels);
      if (fault.empty()) {
        right.push_back(kernels);
      } else {
        std::fprintf(
            stderr, "vffn: warning: the kernels '%s' compute a wrong %s on this processor and are not used\n",
            kernels->name, fault.c_str());
      }
    }
    return right;
  }();
  return supported;
}

const Kernels& BestKernels() {
  static const Kernels& best = *SupportedKernels().front();
  return best;
}

}  // namespace vffn::kernels
