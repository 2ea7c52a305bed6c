// The traces that a user names, with the names of their models.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "reports/drawing/prepared_figure.h"
#include "reports/traces/named_trace.h"
#include "trace/trace_reader.h"

namespace vffn {

struct NamedTraceReader {
  std::string label;  ///< of the model, renamed, with "[UNTRAINED]" if it is
  TraceFiles files;
  std::shared_ptr<const TraceReader> reader;
};

/// Each path is a trace, a run with a trace, a file of one of them, or a folder of several runs (a report),
/// which means all of its runs whose trace has what the kind needs. Throws Error as FindTrace, and if such a
/// folder has no such run.
std::vector<NamedTraceReader> OpenTraces(const std::vector<std::filesystem::path>& paths,
                                         const std::string& kind, Renaming& names);

}  // namespace vffn
