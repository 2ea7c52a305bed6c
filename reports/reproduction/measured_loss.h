// Measured losses for the tables: those beside results, and those of folders without any.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "reports/reproduction/measured_run.h"
#include "runs/scores/recorded_run.h"

namespace vffn {

/// The losses in the run's folder that are of the same model with the same options as its results: losses of
/// controls (losses_loops=1.jsonl) are not. Nothing if there are none. Throws Error, naming the files, if
/// losses.jsonl is of other weights than the results, and if losses are damaged or have no tokens.
std::optional<MeasuredLoss> ReadMeasuredLoss(const RecordedRun& run);

/// The losses of a model without results: one for each of these files, which are of different model options.
/// `name` is the model's; ", loops=2" behind it names options. Throws Error, naming the file, if losses are
/// damaged or have no documents.
std::vector<LossRun> ReadLossRuns(const std::vector<std::filesystem::path>& files, const std::string& name);

/// The name of the model of a file of losses (runs/run_names.h).
std::string LossRunName(const std::filesystem::path& file);

}  // namespace vffn
