// Options that several commands have.
#pragma once

#include <string>

#include "apps/command_line/command_line.h"

namespace vffn {

struct ComputeFlags;
struct TraceFlags;

/// --model_args, --dtype, --device, --backend, --masked and --reuse_hidden.
void AddComputeOptions(ComputeFlags& flags, Command& command);

/// The values of --model_args, as a list below the options.
void AddModelArgsList(Command& command);

/// --trace, --trace_branches, --trace_features and --trace_layers. Returns the first.
Option& AddTraceOptions(TraceFlags& flags, Command& command);

/// If --trace was given without a folder, the trace is in the folder of the run.
void PlaceTrace(const Option& trace, const std::string& output, TraceFlags& flags);

/// --data: the folder of the data sets, or what VFFN_DATA names.
Option& AddDataOption(std::string& folder, Command& command);

/// --workers: how many threads, or what VFFN_WORKERS says. `text` is its help.
Option& AddWorkersOption(int& workers, std::string text, Command& command);

/// --format: console, markdown, latex, csv or json.
void AddFormatOption(std::string& format, Command& command);

}  // namespace vffn
