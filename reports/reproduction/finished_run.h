// A finished run with its trace, ready to be reported.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/reproduction/measured_run.h"
#include "reports/reproduction/report_page.h"
#include "reports/reproduction/trace_summary.h"
#include "runs/scores/recorded_run.h"
#include "trace/trace_reader.h"

namespace vffn {

struct FinishedRun {
  MeasuredRun measured;                ///< with the trace's FLOPs
  std::unique_ptr<TraceReader> trace;  ///< null: nothing was traced
  std::optional<TraceSummary> summary;
};

/// Reads the losses and the trace in the run's folder, if they are there. Throws Error if the results are not
/// this program's, if losses or trace are damaged or of another run than the folder's ledger, or if the
/// ledger lacks docs of it.
FinishedRun MakeFinishedRun(const RecordedRun& run);

/// "SmolLM2-135M" of a name with blanks and points: what ends the names of a model's figures.
std::string FigureStem(const std::string& name);

/// Tables and figures of every traced run but controls, which stand beside what they are controls of: run i
/// is the control of run controlled[i] (absent: none).
std::vector<TracePart> TraceParts(std::span<const FinishedRun> runs,
                                  std::span<const std::optional<size_t>> controlled);

}  // namespace vffn
