// Checks whether the paper's Base was trained as long as the models that it is compared with.
#pragma once

#include <span>

#include "reports/audit/audit_finding.h"
#include "reports/published/published_numbers.h"

namespace vffn {

/// Table 1 is about models that continue from Base for one more epoch, Table 5 about models trained from
/// scratch (section 4.2 and the caption of Table 5). A row that is the same in both, although other rows
/// differ, was not continued. One finding for each such row, with the gains over it and, if Figure 3b has the
/// rows of Table 1 for 2, 4 and 6 loops, the gains over its row of one loop: a dense model that was
/// continued. Everything is computed from `numbers`; nothing if they do not say so.
Findings AuditBaseline(std::span<const PublishedNumber> numbers);

}  // namespace vffn
