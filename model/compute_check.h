// Whether this machine can compute as asked. No torch in this header.
#pragma once

#include "model/compute.h"

namespace vffn {

/// Throws Error if the device is unknown or not there, or cannot do what the options ask for.
void CheckCompute(const ComputeOptions& options);

}  // namespace vffn
