#include <cstdio>
#include <iostream>

#include "apps/commands.h"
#include "reports/tables/text_table.h"
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
  TextTable table({{"task"},
                   {"other names"},
                   {"split"},
                   {"docs", Align::kRight},
                   {"requests", Align::kRight},
                   {"metric"},
                   {"chance", Align::kRight},
                   {"licence"},
                   {"source"}});
  for (const Task& task : Tasks()) {
    const TaskFacts& facts = task.facts;
    char chance[20];
    std::snprintf(chance, sizeof chance, "%.2f", 100 * facts.chance);
    table.AddRow({std::string(facts.name), Joined(facts.aliases), std::string(facts.split),
                  std::to_string(facts.doc_count), std::to_string(facts.request_count),
                  std::string(facts.metric), chance, std::string(facts.licence), std::string(facts.source)});
  }
  std::cout << table.ToConsole();
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
