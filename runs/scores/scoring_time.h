// The time of scoring in words.
#pragma once

#include <string>

#include "eval/results.h"
#include "runs/scores/results_file.h"

namespace vffn {

/// "scored in 12.3 s: piqa 2.1 s, hellaswag 10.2 s", a line or several, with the tasks in the order of the
/// results; of more than 20 tasks those that took longest. If the results have more docs than the record,
/// which is of the last process, it says how many docs the time is of. Empty if no doc was scored.
std::string ScoringTimeText(const Results& results, const ScoringRecord& scoring);

}  // namespace vffn
