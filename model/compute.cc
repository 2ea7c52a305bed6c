#include "model/compute.h"

#include "base/error.h"

namespace vffn {

std::string ToString(Dtype dtype) { return dtype == Dtype::kFloat32 ? "float32" : "bfloat16"; }

Dtype ParseDtype(std::string_view name) {
  if (name == "float32" || name == "fp32") {
    return Dtype::kFloat32;
  }
  if (name == "bfloat16" || name == "bf16") {
    return Dtype::kBfloat16;
  }
  Fail("unknown dtype '", name, "': float32 or bfloat16");
}

}  // namespace vffn
