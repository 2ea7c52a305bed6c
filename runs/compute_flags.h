// How and where a model computes, as text from the command line or a manifest.
#pragma once

#include <string>

#include "model/compute.h"

namespace vffn {

struct ComputeFlags {
  std::string model_args, dtype = "float32", device = "cpu", backend = "auto";
  bool masked = false;

  /// Throws Error if the dtype is unknown.
  ComputeOptions Parse() const;
};

}  // namespace vffn
