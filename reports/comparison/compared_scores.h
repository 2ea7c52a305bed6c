// The scores of a model to compare, by whatever name the user gives: a run, a file, or a row of a table.
#pragma once

#include <string>
#include <vector>

#include "runs/scores/score_set.h"

namespace vffn {

/// Reads, depending on `name`,
///   paper:SCALE/ROW, FILE:ROW, FILE:SCALE/ROW     a row of a published table (published_table.h); FILE ends
///                                                 with .csv, .tsv, .md, .tex or .txt
///   anything else                                 a run or file, as ReadScoreSet
/// Throws Error as they do.
ScoreSet ReadComparedScores(const std::string& name, const ScoreOptions& options);

/// All models of a comparison, in order. If some have nothing but acc for a task and others have acc and
/// more, all are read by acc, and a note says so.
std::vector<ScoreSet> ReadAllComparedScores(const std::vector<std::string>& names, ScoreOptions options);

}  // namespace vffn
