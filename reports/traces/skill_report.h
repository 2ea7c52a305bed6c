// Loops by task or category, a part of ReportLoops.
#pragma once

#include "analysis/skills.h"
#include "reports/traces/trace_report.h"
#include "trace/trace_reader.h"

namespace vffn {

/// The group of a doc under these options. Throws Error as SkillCategories.
DocGroup GroupBy(const LoopReportOptions& options);

/// Adds text, tables and a figure. Throws Error as ReportLoops, and if `options` ask for categories without a
/// grouping by category.
void AddSkills(const TraceReader& reader, const TraceScope& scope, const LoopReportOptions& options,
               TraceReport& report);

}  // namespace vffn
