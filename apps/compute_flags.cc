#include "apps/compute_flags.h"

namespace vffn {

void ComputeFlags::AddTo(CLI::App& command) {
  command.add_option(
      "--model_args", model_args,
      "Options of the model, name=value,...: top_k, gate, expert_slices, expected_loops, tau, loops, "
      "lambda, branches, shuffle_loops");
  command.add_option("--dtype", dtype, "float32 or bfloat16")->capture_default_str();
  command.add_option("--device", device, "cpu, cuda or cuda:N")->capture_default_str();
  command.add_option("--backend", backend, "auto, or torch for LibTorch's operators on the CPU too")
      ->check(CLI::IsMember({"auto", "torch"}))
      ->capture_default_str();
  command.add_flag(
      "--masked", masked,
      "Run every token to the largest loop count of its batch, as the release does: the same values "
      "for more work");
}

ComputeOptions ComputeFlags::Parse() const {
  return {.device = device,
          .dtype = ParseDtype(dtype),
          .backend = backend == "torch" ? Backend::kTorch : Backend::kAuto,
          .masked = masked};
}

}  // namespace vffn
