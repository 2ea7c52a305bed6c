#include "apps/compute_flags.h"

namespace vffn {

void ComputeFlags::AddTo(CLI::App& command) {
  command.add_option("--dtype", dtype, "float32 or bfloat16")->capture_default_str();
  command.add_option("--device", device, "cpu, cuda or cuda:N")->capture_default_str();
  command.add_option("--backend", backend, "auto, or torch for LibTorch's operators on the CPU too")
      ->check(CLI::IsMember({"auto", "torch"}))
      ->capture_default_str();
}

ComputeOptions ComputeFlags::Parse() const {
  return {.device = device,
          .dtype = ParseDtype(dtype),
          .backend = backend == "torch" ? Backend::kTorch : Backend::kAuto};
}

}  // namespace vffn
