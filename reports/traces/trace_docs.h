// Parts that all reports on a trace share.
#pragma once

#include <functional>
#include <string>

#include "reports/traces/trace_figures.h"
#include "reports/traces/trace_report.h"
#include "trace/trace_reader.h"

namespace vffn {

/// Visits the docs of the scope's tasks. Throws Error if the trace does not hold one of them.
void ReadDocs(const TraceReader& reader, const TraceScope& scope, const TraceColumns& columns,
              const std::function<void(const DocTrace&)>& visit);

/// Adds the docs of the scope's tasks to an analysis.
template <class Analysis>
void AddDocs(const TraceReader& reader, const TraceScope& scope, Analysis& analysis) {
  ReadDocs(reader, scope, Analysis::kColumns, [&](const DocTrace& doc) { analysis.Add(doc); });
}

FigureSubject SubjectOf(const TraceReader& reader, const TraceScope& scope);

/// Puts the columns "run" and "task" before those of every table, so that tables of several runs and tasks
/// can be one. "task" is all tasks of the scope or the trace, with commas between; tables of groups of tasks
/// and those that have it do not get it.
void NameTables(const TraceReader& reader, TraceReport& report);

/// A report with nothing but its name and what it is about.
TraceReport BeginReport(const std::string& name, const TraceReader& reader, const TraceScope& scope);

}  // namespace vffn
