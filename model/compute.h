// The device, precision and operators of a model.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// The type of linear layers' operands. Sums, norms, softmax and the residual stream are always float32.
enum class Dtype { kFloat32, kBfloat16 };

std::string ToString(Dtype dtype);

/// "float32" or "bfloat16" (also "fp32", "bf16"). Throws Error on anything else.
Dtype ParseDtype(std::string_view name);

enum class Backend {
  kAuto,   ///< our kernels on a CPU, LibTorch's operators on any other device
  kTorch,  ///< LibTorch's operators everywhere: the plain formulation against which the kernels are tested
};

struct ComputeOptions {
  std::string device = "cpu";  ///< as torch spells it: "cpu", "cuda", "cuda:1"
  Dtype dtype = Dtype::kFloat32;
  Backend backend = Backend::kAuto;
  /// Every token runs to the largest loop count in its batch and its own state is selected afterwards, as the
  /// release does: the same values for more work. For comparison only.
  bool masked = false;
  /// The width branch of VersatileFFN takes the hidden values of the first loop where both branches run: the
  /// same values for less work. With the kernels only.
  bool reuse_hidden = false;
};

}  // namespace vffn
