// What a run left in its folder: results, and perhaps a trace.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/reproduction/measured_run.h"
#include "reports/reproduction/report_page.h"
#include "reports/reproduction/trace_summary.h"
#include "trace/trace_reader.h"

namespace vffn {

inline constexpr const char* kTraceFolder = "trace";  ///< beside the results, as `vffn reproduce` has it

struct FinishedRun {
  MeasuredRun measured;                ///< with the trace's FLOPs
  std::unique_ptr<TraceReader> trace;  ///< null: nothing was traced
  std::optional<TraceSummary> summary;
};

/// From a folder or a results file, as ReadMeasuredRun, with the folder's "trace" if there is one. Throws
/// Error, as those who read these files, and if the trace is not of the run that wrote the folder's ledger,
/// or the ledger lacks docs of it.
FinishedRun ReadFinishedRun(const std::filesystem::path& path);

/// "SmolLM2-135M" of a name with blanks and points: what ends the names of a model's figures.
std::string FigureStem(const std::string& name);

/// Tables and figures of every traced run but controls, which stand beside what they are controls of: run i
/// is the control of run controlled[i] (absent: none).
std::vector<TracePart> TraceParts(std::span<const FinishedRun> runs,
                                  std::span<const std::optional<size_t>> controlled);

}  // namespace vffn
