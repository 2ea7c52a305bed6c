// The losses beside a run's results, for the tables.
#pragma once

#include <optional>

#include "reports/reproduction/measured_run.h"
#include "runs/scores/recorded_run.h"

namespace vffn {

/// The losses in the run's folder that are of the same model with the same options as its results: losses of
/// controls (losses_loops=1.jsonl) are not. Nothing if there are none. Throws Error, naming the files, if
/// losses.jsonl is of other weights than the results, and if losses are damaged or have no tokens.
std::optional<MeasuredLoss> ReadMeasuredLoss(const RecordedRun& run);

}  // namespace vffn
