// Checks the paper's tables against each other and against its models.
#pragma once

#include "reports/audit/audit_finding.h"

namespace vffn {

/// Finds cells that differ though the captions make them the same, and missing cells; finds that Base was not
/// continued (baseline_audit.h); checks Table 2 against exact parameter counts and the FLOPs formula, and
/// inverts the formula (efficiency_table.h).
Findings AuditPaper();

}  // namespace vffn
