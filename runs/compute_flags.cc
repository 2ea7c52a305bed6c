#include "runs/compute_flags.h"

namespace vffn {

ComputeOptions ComputeFlags::Parse() const {
  return {.device = device,
          .dtype = ParseDtype(dtype),
          .backend = backend == "torch" ? Backend::kTorch : Backend::kAuto,
          .masked = masked};
}

}  // namespace vffn
