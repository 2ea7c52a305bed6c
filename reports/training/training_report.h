// Training runs as tables, figures, a section of a page, and files.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "reports/figures/figure.h"
#include "reports/figures/figure_style.h"
#include "reports/page/page.h"
#include "reports/tables/table.h"
#include "reports/tables/table_text.h"
#include "reports/training/training_run.h"

namespace vffn {

/// A row for each run: steps, tokens, losses, loops, heaviest expert, speed.
Table TrainingTable(std::span<const TrainingRun> runs);

/// The last evaluation of every run: a row for each task and metric, a column for each run. Without rows if
/// no run evaluates tasks.
Table TrainingTaskTable(std::span<const TrainingRun> runs);

/// The layers of a run at its end. A note names layers where nearly all tokens take one loop count. Without
/// rows for a dense run.
Table TrainingLayerTable(const TrainingRun& run);

/// All of them that have rows.
std::vector<Table> TrainingTables(std::span<const TrainingRun> runs);

/// Curves of all runs: losses and accuracy (as in Figure 3), optimiser, adaptive computation, speed. The
/// horizontal axis is the step of one run, or the training tokens of several. Throws Error if the runs are of
/// more than 7 groups, which a figure cannot tell apart.
std::vector<Figure> TrainingCurveFigures(std::span<const TrainingRun> runs, const FigureStyle& style = {});

/// The layers of one run against the step: mean loops, lambda and heaviest expert; shares of loop counts;
/// load of experts at the end. `name` ends their file names. Those that the run has.
std::vector<Figure> TrainingLayerFigures(const TrainingRun& run, const std::string& name,
                                         const FigureStyle& style = {});

/// Sections of a page: the runs, their curves, their layers. The last one is left out for dense models.
std::vector<PageSection> TrainingSections(std::span<const TrainingRun> runs);

/// Every table as text, one after the other. CSV: the table of runs alone.
std::string TrainingText(std::span<const TrainingRun> runs, TableFormat format);

/// An object a run, with its layers and its evaluations.
OrderedJson TrainingJson(std::span<const TrainingRun> runs);

/// Writes training.txt, .md, .tex, .csv and .json, and says so.
void WriteTrainingTables(std::span<const TrainingRun> runs, const std::filesystem::path& folder);

/// Writes figures/* and report.html, and says so.
void WriteTrainingPage(std::span<const TrainingRun> runs, const std::string& subtitle,
                       const std::filesystem::path& folder);

}  // namespace vffn
