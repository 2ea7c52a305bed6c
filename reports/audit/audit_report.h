// An audit as tables and as data.
#pragma once

#include <string>

#include "base/json_fwd.h"
#include "reports/audit/table_audit.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// The findings by severity, each with how it was computed, then the tables behind them: splits, averages,
/// the best row against the others in questions and significance. CSV: the findings alone.
std::string AuditText(const TableAudit& audit, TableFormat format);

OrderedJson AuditJson(const TableAudit& audit);

}  // namespace vffn
