// Options that several commands have.
#pragma once

#include <CLI/CLI.hpp>

#include "runs/compute_flags.h"
#include "runs/eval_trace.h"

namespace vffn {

/// --model_args, --dtype, --device, --backend and --masked.
void AddComputeOptions(ComputeFlags& flags, CLI::App& command);

/// --trace, --trace_branches, --trace_features and --trace_layers.
void AddTraceOptions(TraceFlags& flags, CLI::App& command);

}  // namespace vffn
