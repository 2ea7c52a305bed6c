// The cells of a paper's tables, and which of them can be ranked together.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "reports/paper/paper_table.h"
#include "reports/reproduction/reproduction.h"

namespace vffn {

/// Accuracies: higher, losses: lower. What a model costs is no result of its training and has no rank.
Better BetterOf(Quantity quantity);

/// The published number of a cell; accuracies are of whole splits under the profile olmo. `tasks` are the
/// paper's.
PaperCell PublishedPaperCell(const ReproductionCell& cell, std::span<const std::string> tasks);

/// Ours, with the mark of its verdict; with `errors`, its standard error as subscript, or an interval where
/// nothing varies.
PaperCell OurPaperCell(const ReproductionCell& cell, const MeasuredRun& run,
                       std::span<const std::string> tasks, bool errors);

/// Of a run that is no row of the paper: a task, the loss (nats a token), the average over `tasks`.
PaperCell PaperCellOfTask(const MeasuredRun& run, const std::string& task, bool errors);
PaperCell PaperCellOfLoss(const MeasuredRun& run, bool errors);
PaperCell PaperCellOfAverage(const MeasuredRun& run, std::span<const std::string> tasks, bool errors);

/// What the numbers of a run are, for a caption that says why they are not ranked: "untrained", "profile
/// lm-eval, 100 questions of PIQA".
std::string KindOf(const MeasuredRun& run);

}  // namespace vffn
