#include <iomanip>
#include <iostream>

#include "apps/commands.h"
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
  std::cout << std::left << std::setw(16) << "task" << std::setw(12) << "split" << std::right << std::setw(6)
            << "docs" << std::setw(10) << "requests"
            << "  " << std::left << std::setw(10) << "metric" << std::right << std::setw(8) << "chance"
            << "  " << std::left << std::setw(16) << "licence"
            << "source; other names\n";
  for (const Task& task : Tasks()) {
    const TaskFacts& facts = task.facts;
    std::cout << std::left << std::setw(16) << facts.name << std::setw(12) << facts.split << std::right
              << std::setw(6) << facts.doc_count << std::setw(10) << facts.request_count << "  " << std::left
              << std::setw(10) << facts.metric << std::right << std::setw(7) << std::fixed
              << std::setprecision(2) << 100 * facts.chance << "%  " << std::left << std::setw(16)
              << facts.licence << facts.source << (facts.aliases.empty() ? "" : "; " + Joined(facts.aliases))
              << '\n';
  }
}

}  // namespace

void AddTasksCommand(CLI::App& app) {
  app.add_subcommand("tasks", "List the tasks: split, documents, metric, chance level, licence, source")
      ->callback(ListTasks);
}

}  // namespace vffn
