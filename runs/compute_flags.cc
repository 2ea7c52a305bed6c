#include "runs/compute_flags.h"

#include <algorithm>
#include <thread>

namespace vffn {
namespace {

/// "cuda" as the GPU of this process. CUDA_VISIBLE_DEVICES may leave it fewer GPUs than the machine has
/// processes: Slurm gives every task its own, which is the first one there.
std::string LocalDevice(const ComputeFlags& flags) {
  if (flags.device != "cuda" || !flags.local_rank) {
    return flags.device;
  }
  const std::string_view visible = EnvironmentText("CUDA_VISIBLE_DEVICES");
  const auto listed = static_cast<int>(std::ranges::count(visible, ',') + 1);
  return "cuda:" + std::to_string(visible.empty() ? *flags.local_rank : *flags.local_rank % listed);
}

}  // namespace

ComputeOptions ComputeFlags::Parse() const {
  return {.device = LocalDevice(*this),
          .dtype = ParseDtype(dtype),
          .backend = backend == "torch" ? Backend::kTorch : Backend::kAuto,
          .masked = masked,
          .reuse_hidden = reuse_hidden};
}

void ShareMachine(const LaunchPlace& place, ComputeFlags& flags, int& workers) {
  if (place.shard.whole()) {
    return;
  }
  flags.local_rank = place.local_rank;
  if (workers == 0 && place.local_count && flags.device == "cpu") {
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    workers = std::max(1, cores / *place.local_count);
  }
}

}  // namespace vffn
