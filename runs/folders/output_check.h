// Whether files can be written, asked before hours of work.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/launch_place.h"
#include "eval/evaluation_plan.h"

namespace vffn {

/// Throws Error if the folder cannot be made or written in, or if its disk has fewer bytes free. Makes
/// nothing.
void CheckWritable(const std::filesystem::path& folder, int64_t bytes);

/// Throws Error on --overwrite with --resume, and in one of several processes, which cannot replace a run.
void CheckOverwrite(bool overwrite, bool resume, const Shard& shard);

/// About the size of a ledger with every doc of the plan.
int64_t BytesOfLedger(const EvaluationPlan& plan);

}  // namespace vffn
