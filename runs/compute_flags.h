// How and where a model computes, as text from the command line or a manifest.
#pragma once

#include <optional>
#include <string>

#include "base/launch_place.h"
#include "model/compute.h"

namespace vffn {

struct ComputeFlags {
  std::string model_args, dtype = "float32", device = "cpu", backend = "auto";
  bool masked = false, reuse_hidden = false;
  std::optional<int> local_rank;  ///< of several processes on this machine: "cuda" is the GPU of this number

  /// Throws Error if the dtype is unknown.
  ComputeOptions Parse() const;
};

/// Shares the cores and GPUs of a machine among the processes of a launcher: each takes its part of the
/// cores, unless a number of workers was asked for, and a GPU of its own.
void ShareMachine(const LaunchPlace& place, ComputeFlags& flags, int& workers);

}  // namespace vffn
