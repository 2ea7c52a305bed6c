// Checks a published table of accuracies for internal inconsistencies.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/audit/audit_finding.h"
#include "reports/comparison/published_table.h"
#include "reports/comparison/unpaired_comparison.h"

namespace vffn {

/// How a column fits one number of questions.
struct SplitFit {
  std::string task;
  std::string split;  ///< "validation", "validation or test", "given"
  int64_t questions = 0;
  int64_t cells = 0;    ///< that can be read
  int64_t whole = 0;    ///< of them, a whole number of questions
  double chance = 0;    ///< that a random cell is one, averaged over the cells' decimals
  double p = 1;         ///< that so many random cells would be
  bool chosen = false;  ///< the rest of the audit uses this size
};

struct AverageAudit {
  std::string row;
  std::string printed;               ///< percent; empty: none
  std::optional<double> value;       ///< what is printed, as a fraction; absent if it cannot be read
  std::optional<double> recomputed;  ///< fraction; absent if a cell cannot be read
  std::optional<AverageCheck> check;
  std::optional<double> standard_error;  ///< of the row's average, fraction
};

/// Right answers of b less those of a.
struct QuestionDifference {
  int64_t nearest = 0;        ///< of the counts nearest to the cells
  int64_t low = 0, high = 0;  ///< of all that the cells allow
};

/// Two rows of a scale, b after a in macro average.
struct RowPair {
  std::string scale, a, b;
  double macro = 0;  ///< b - a of the printed averages, fraction; of the recomputed ones if not printed
  std::map<std::string, QuestionDifference> questions;  ///< by task
  QuestionDifference sum;
};

struct TableAudit {
  std::string origin;
  std::vector<std::string> tasks;
  std::vector<SplitFit> splits;
  std::vector<AverageAudit> averages;
  std::vector<RowPair> best;                     ///< the best row of each scale against each other one
  std::vector<UnpairedComparison> significance;  ///< the same, in the same order
  Findings findings;
};

/// Rows are not compared if a cell cannot be read or a task's size is not known.
TableAudit AuditTable(const PublishedTable& table, double alpha);

}  // namespace vffn
