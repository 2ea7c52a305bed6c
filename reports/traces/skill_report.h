// Loops by task or category, a part of ReportLoops.
#pragma once

#include "reports/traces/trace_report.h"
#include "trace/trace_reader.h"

namespace vffn {

/// Adds text, tables and a figure. Throws Error as ReportLoops, and if `options` ask for categories without a
/// grouping by category.
void AddSkills(const TraceReader& reader, const TraceScope& scope, const LoopReportOptions& options,
               TraceReport& report);

}  // namespace vffn
