// The report of finished runs: what `vffn report`, `vffn reproduce` and `vffn browse` write.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/published/published_numbers.h"
#include "reports/reproduction/finished_run.h"
#include "reports/reproduction/paired_runs.h"
#include "reports/reproduction/report_page.h"
#include "reports/reproduction/reproduction.h"
#include "reports/training/training_run.h"
#include "runs/recorded_plan.h"

namespace vffn {

struct RunReportOptions {
  std::string title;  ///< empty: the names of the runs
  std::string subtitle;
  std::vector<PublishedNumber> published = PublishedNumbers();
  VerdictRule rule;
  ReportSelection selection;                      ///< of the tables; all by default
  PlanInputs inputs;                              ///< for what the runs' folders do not hold
  std::vector<std::optional<size_t>> controlled;  ///< as in TraceParts; empty: FindControls
  /// Names of one or two runs whose questions are shown; empty: the first two that have what it takes.
  std::vector<std::string> browsed;
  int64_t questions = 1000;               ///< at most, in the question browser
  std::filesystem::path training_log;     ///< for Figure 3; empty: none
  std::span<const TrainingRun> training;  ///< models that were trained here
  std::vector<Table> study;               ///< of these models
  std::vector<Figure> figures;            ///< more figures about all models
};

/// The numbers of a report.
struct RunReport {
  std::vector<FinishedRun> runs;
  Reproduction reproduction;
  PairedRuns paired;
};

/// Compares runs with the paper, and with the first of them. Throws Error naming the file if one is damaged.
RunReport MakeRunReport(ReportRuns runs, const RunReportOptions& options);

/// Writes tables.*, paired.*, figures and report.html to a folder, and says so. If two models share the
/// question browser, each also gets a page with all of its own questions, runs/NAME/report.html; NAME is that
/// of the run's folder. The page says what its question browser lacks, and so does standard error. Throws
/// Error if `browsed` names no run, or more than two.
void WriteRunReport(const RunReport& report, const RunReportOptions& options,
                    const std::filesystem::path& folder);

}  // namespace vffn
