// Captions and short names of a paper's tables.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "reports/paper/paper_table.h"
#include "reports/reproduction/measured_run.h"
#include "reports/reproduction/verdict.h"
#include "tasks/task.h"

namespace vffn {

/// "ARC-c" of "arc_challenge", "Avg." of "average"; a name that has no short form, as it is.
std::string ShortColumnName(const std::string& column);

/// Null for a task that vffn does not know.
const TaskFacts* FindTaskFacts(std::string_view task);

/// LaTeX: "PIQA, ARC-c".
std::string ListedTasks(const std::vector<std::string>& tasks);

/// Appends a text that is not there yet.
void AddOnce(const std::string& text, std::vector<std::string>& texts);

/// What a caption states and the cells do not show.
struct CaptionFacts {
  std::string subject;  ///< LaTeX, without a full stop: "Zero-shot accuracy (\%)"
  std::string average;  ///< LaTeX: what "Avg." is the mean of; empty: there is no such column
  bool has_published = false, has_ours = false;
  std::vector<std::string> profiles;  ///< of our runs
  std::set<int64_t> questions;        ///< of our tasks that are not of whole splits
  std::vector<Verdict> verdicts;      ///< that are marked

  /// A run whose numbers the table has: its profile, and how many questions it answered.
  void AddRun(const MeasuredRun& run);
};

/// LaTeX: the subject, the sources of the numbers, and what bold type, marks, subscripts and dashes mean.
std::string CaptionOf(const CaptionFacts& facts, const VerdictRule& rule, const PaperTable& table);

/// LaTeX mathematics: "=" for same, "\neq" for differs, "?" for cannot tell, "\sim" for incomparable.
std::string FootnoteMark(Verdict verdict);
inline constexpr const char* kImpossibleMark = "\\#";

}  // namespace vffn
