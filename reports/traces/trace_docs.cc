#include "reports/traces/trace_docs.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/near_names.h"
#include "reports/tables/number_text.h"
#include "runs/folders/run_folder.h"
#include "runs/folders/run_names.h"

namespace vffn {
namespace {

std::vector<std::string> TasksOf(const TraceReader& reader) {
  std::vector<std::string> tasks;
  for (const auto& [task, docs] : reader.docs()) {
    tasks.push_back(task);
  }
  return tasks;
}

}  // namespace

void ReadDocs(const TraceReader& reader, const TraceScope& scope, const TraceColumns& columns,
              const std::function<void(const DocTrace&)>& visit) {
  const std::set<std::string> wanted(scope.tasks.begin(), scope.tasks.end());
  for (const std::string& task : wanted) {
    VFFN_CHECK(reader.docs().contains(task), reader.path().string(), ": there is no task ", task,
               DidYouMeanOneOf(task, TasksOf(reader), "the tasks are"));
  }
  reader.Read(columns, [&](const DocTrace& doc) {
    if (wanted.empty() || wanted.contains(doc.task)) {
      visit(doc);
    }
  });
}

FigureSubject SubjectOf(const TraceReader& reader, const TraceScope& scope) {
  std::string tasks;
  for (const std::string& task : scope.tasks) {
    tasks.append(tasks.empty() ? "" : ", ").append(task);
  }
  return {.model = reader.header().Label(), .tasks = tasks.empty() ? "all tasks" : tasks};
}

TraceReport BeginReport(const std::string& name, const TraceReader& reader, const TraceScope& scope) {
  const RunNotes notes = ReadRunNotes(RunFolder(reader.path().parent_path()).notes());
  return {.name = name,
          .run = RunName(notes, reader.header().model_name),
          .header = reader.header(),
          .tasks = scope.tasks};
}

void NameTables(const TraceReader& reader, TraceReport& report) {
  const std::string tasks = JoinedText(report.tasks.empty() ? TasksOf(reader) : report.tasks, ",");
  for (Table& table : report.tables) {
    const bool by_task = std::ranges::any_of(table.columns(), [](const Column& column) {
      return column.name() == "task" || column.name() == "group";
    });
    table.Prepend(by_task ? MakeRow("run", report.run) : MakeRow("run", report.run, "task", tasks));
  }
}

}  // namespace vffn
