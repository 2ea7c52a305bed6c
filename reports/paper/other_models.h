// Tables of a paper for runs that are no row of the VersatileFFN paper.
#pragma once

#include <vector>

#include "reports/paper/paper_table.h"
#include "reports/reproduction/reproduction.h"

namespace vffn {

/// Loss, tasks and the average over the tasks that all of these runs have; a line for each run.
PaperTable OtherScores(const Reproduction& reproduction, const std::vector<size_t>& runs, bool errors);

/// The same average, parameters, and executed FLOPs of the FFNs for one token.
PaperTable OtherCosts(const Reproduction& reproduction, const std::vector<size_t>& runs, bool errors);

}  // namespace vffn
