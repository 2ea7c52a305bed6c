// How a model computes, and where, as options of a subcommand.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "model/compute.h"

namespace vffn {

struct ComputeFlags {
  std::string model_args, dtype = "float32", device = "cpu", backend = "auto";
  bool masked = false;

  /// Adds --model_args, --dtype, --device, --backend and --masked.
  void AddTo(CLI::App& command);

  /// Throws Error on an unknown dtype.
  ComputeOptions Parse() const;
};

}  // namespace vffn
