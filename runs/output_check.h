// Whether files can be written, asked before hours of work.
#pragma once

#include <cstdint>
#include <filesystem>

#include "eval/evaluation_plan.h"

namespace vffn {

/// Throws Error if the folder cannot be made or written in, or if its disk has fewer bytes free. Makes
/// nothing.
void CheckWritable(const std::filesystem::path& folder, int64_t bytes);

/// About the size of a ledger with every doc of the plan.
int64_t BytesOfLedger(const EvaluationPlan& plan);

}  // namespace vffn
