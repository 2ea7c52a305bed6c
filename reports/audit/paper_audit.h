// What the paper's tables say of one another, and of its models.
#pragma once

#include "reports/audit/audit_finding.h"

namespace vffn {

/// Cells that the captions make the same, printed differently; cells that are missing; Table 2 against exact
/// parameter counts and the FLOPs formula, and the formula inverted (efficiency_table.h).
Findings AuditPaper();

}  // namespace vffn
