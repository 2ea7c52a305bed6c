// A finished run with its trace, ready to be reported.
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
#include "runs/scores/recorded_run.h"
#include "trace/trace_reader.h"

namespace vffn {

struct FinishedRun {
  RecordedRun recorded;                  ///< its notes have the run's name; its ledger is below
  std::optional<LedgerContents> ledger;  ///< absent: none of this run is there
  MeasuredRun measured;                  ///< with the trace's FLOPs
  std::unique_ptr<TraceReader> trace;    ///< null: nothing was traced
  std::optional<TraceSummary> summary;
};

/// Reads the losses and the traces in the runs' folders, if they are there. No two runs have the same name
/// (runs/run_names.h). Throws Error if results are not this program's, if losses or a trace are damaged or of
/// another run than the folder's ledger, or if the ledger lacks docs of it.
std::vector<FinishedRun> MakeFinishedRuns(std::vector<RecordedRun> runs);

/// The runs that a report is of.
struct ReportRuns {
  std::vector<FinishedRun> scored;
  std::vector<LossRun> losses;  ///< of folders without results
};

/// Reads the runs of these folders and files. A folder may hold several runs (RunFolder::AllWithin). Names as
/// in MakeFinishedRuns, over both kinds. Throws Error, too, on what is no run (FindRun).
ReportRuns ReadReportRuns(const std::vector<std::filesystem::path>& folders_or_files);

/// Which run each run is the shuffle control of: a traced run with shuffled loop counts, of the first traced
/// run of the same model without them. Absent: of none.
std::vector<std::optional<size_t>> FindControls(std::span<const FinishedRun> runs);

/// "SmolLM2-135M" of a name with blanks and points, which ends the names of a model's figures; no two are
/// alike.
std::vector<std::string> FigureStems(std::span<const FinishedRun> runs);

/// Tables and figures of every traced run but controls, which stand beside what they are controls of: run i
/// is the control of run controlled[i] (absent: none).
std::vector<TracePart> TraceParts(std::span<const FinishedRun> runs,
                                  std::span<const std::optional<size_t>> controlled);

}  // namespace vffn
