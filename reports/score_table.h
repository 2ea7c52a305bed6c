// The table a run ends with.
#pragma once

#include <string>

#include "eval/results.h"

namespace vffn {

/// One row per task: name, split, docs (n), primary metric, score ± standard error and chance level in
/// percent; the last row is the unweighted average. Below it what each metric divides by, and what was cut or
/// is missing. Aligned for a UTF-8 terminal.
std::string ConsoleScoreTable(const Results& results);

/// The same as a Markdown table and a list.
std::string MarkdownScoreTable(const Results& results);

}  // namespace vffn
