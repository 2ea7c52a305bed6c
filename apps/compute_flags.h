// Where and how to compute, as options of a subcommand.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "model/compute.h"

namespace vffn {

struct ComputeFlags {
  std::string dtype = "float32", device = "cpu", backend = "auto";

  /// Adds --dtype, --device and --backend.
  void AddTo(CLI::App& command);

  /// Throws Error on an unknown dtype.
  ComputeOptions Parse() const;
};

}  // namespace vffn
