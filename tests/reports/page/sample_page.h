// A made-up report of realistic size.
#pragma once

#include "reports/page/page.h"

namespace vffn {

/// The first model is adaptive (15 layers, 4 loops, 2 of 8 experts), the second dense.
QuestionPage SampleQuestions(size_t questions, size_t models);

/// As the paper's Table 1: 14 columns of estimates, with an average below; one text is longer than its
/// column.
PageTable WideTable();

ReportPage SamplePage(size_t questions, size_t models);

}  // namespace vffn
