// Tables of runs: scores of models that are no row of the paper, losses of text, and where runs come from.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/reproduction/reproduction.h"
#include "reports/tables/table.h"

namespace vffn {

/// Tasks down, runs across, with profile, type of numbers and metrics; the average is over the tasks that all
/// of these runs have.
Table OtherModelsTable(const Reproduction& reproduction, std::span<const size_t> others);

/// One row for each text that was measured: of runs, and of models without scores. Without rows if there are
/// none.
Table LossTable(const Reproduction& reproduction);

inline constexpr const char* kRunsTitle = "Runs";

/// All runs and where they come from, with the rules of the verdicts as notes if there are verdicts.
Table RunsTable(const Reproduction& reproduction);

}  // namespace vffn
