// The scores of a model to compare, by whatever name the user gives: a run, a file, or a row of a table.
#pragma once

#include <string>

#include "runs/score_set.h"

namespace vffn {

/// Reads, depending on `name`,
///   paper:SCALE/ROW, FILE.csv:ROW, FILE.csv:SCALE/ROW     a row of a published table (published_table.h)
///   anything else                                         a run or file, as ReadScoreSet
/// Throws Error as they do.
ScoreSet ReadComparedScores(const std::string& name, const ScoreOptions& options);

}  // namespace vffn
