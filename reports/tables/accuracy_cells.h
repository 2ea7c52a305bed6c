// Cells of accuracies, whose errors are not 0 where every answer is right or every answer is wrong.
#pragma once

#include <cstdint>

#include "reports/tables/table.h"

namespace vffn {

/// "75.00 ± 13.06", or "100.00 [72.25, 100.00]" with the interval of analysis/wilson.h.
Cell AccuracyCell(const Estimate& accuracy, int64_t questions);

/// The error alone, in a column of its own: "13.06" or "[72.25, 100.00]". Programs get no error for an
/// accuracy that does not vary. Blank where there is no error.
Cell AccuracyErrorCell(const Estimate& accuracy, int64_t questions);

/// The error of another estimate; "-" if it is 0, which means that the data do not give one.
Cell ErrorCell(const Estimate& estimate);

/// For the notes below a table with such cells.
std::string WilsonNote();

}  // namespace vffn
