#include <iostream>

#include "apps/commands.h"
#include "reports/tables/table_text.h"
#include "tasks/task.h"

namespace vffn {
namespace {

std::string Joined(const std::vector<std::string_view>& words) {
  std::string joined;
  for (const std::string_view word : words) {
    joined += (joined.empty() ? "" : ", ") + std::string(word);
  }
  return joined;
}

void ListTasks() {
  Table table({{"task", "task"},
               {"aliases", "other names"},
               {"split", "split"},
               {"docs", "docs", kNumber},
               {"requests", "requests", kNumber},
               {"metric", "metric"},
               {"chance", "chance", kPercent},
               {"licence", "licence"},
               {"source", "source"}});
  for (const Task& task : Tasks()) {
    const TaskFacts& facts = task.facts;
    table.AddRow("task", facts.name, "aliases", Joined(facts.aliases), "split", facts.split, "docs",
                 facts.doc_count, "requests", facts.request_count, "metric", facts.metric, "chance",
                 facts.chance, "licence", facts.licence, "source", facts.source);
  }
  std::cout << ToText(table, TableFormat::kConsole);
}

}  // namespace

void AddTasksCommand(Command& program) {
  program
      .AddCommand(
          "tasks",
          "List the tasks with their split, number of docs and requests, metric, chance level, licence "
          "and source.")
      .OnRun(ListTasks);
}

}  // namespace vffn
