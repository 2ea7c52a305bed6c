#include "runs/tasks/task_catalogue.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "eval/metrics.h"
#include "eval/profiles.h"
#include "eval/task_forms.h"
#include "tasks/request_files.h"
#include "tasks/task.h"

namespace vffn {
namespace {

CatalogueTask OfBenchmark(const Task& benchmark) {
  const TaskFacts& facts = benchmark.facts;
  CatalogueTask task{.name = std::string(facts.name),
                     .kind = TaskKind::kBenchmark,
                     .split = std::string(facts.split),
                     .docs = facts.doc_count,
                     .requests = facts.request_count,
                     .shots = facts.shots,
                     .metric = std::string(facts.metric)};
  task.aliases.assign(facts.aliases.begin(), facts.aliases.end());
  task.groups.emplace_back(facts.group == "paper" ? "all" : facts.group);
  if (facts.request_count % facts.doc_count == 0) {
    task.fewest_choices = task.most_choices = facts.request_count / facts.doc_count;
  }
  if (facts.chance > 0) {
    task.chance = facts.chance;
  }
  return task;
}

std::vector<std::string> GroupsOf(const RequestFileFacts& file) {
  std::vector<std::string> groups;
  for (const char* family : {"basic_skills", "minerva_math", "mt_mbpp"}) {
    if (file.folder().starts_with(family) && !file.variant().starts_with("mc_")) {
      groups.emplace_back(family);
    }
  }
  if (FormOf(file.name) && FindProfile("olmes").HasRow(file.name)) {
    groups.emplace_back("olmes");
  }
  if (file.gold_only()) {
    groups.insert(groups.end(), {"gold_bpb", "bpb"});
  }
  return groups;
}

CatalogueTask OfRequestFile(const RequestFileFacts& file) {
  return {.name = file.name,
          .kind = TaskKind::kRequestFile,
          .place = file.name,
          .labels = file.labels,
          .bpb_labels = file.bpb_labels,
          .groups = GroupsOf(file),
          .split = file.split,
          .docs = file.docs,
          .requests = file.requests,
          .fewest_choices = file.fewest_choices,
          .most_choices = file.most_choices,
          .shots = file.shots,
          .metric = file.metric,
          .chance = file.chance};
}

/// The lowest is the default of its folder.
std::tuple<int, std::string> DefaultOrder(const RequestFileFacts& file) {
  const std::string variant = file.variant();
  const auto has = [&](const char* word) { return variant.find(word) != std::string::npos; };
  return {has("rc_") ? 0 : has("mc_") ? 2 : 1, variant};
}

/// For every folder, its default file.
std::map<std::string, std::string> DefaultFiles() {
  std::map<std::string, const RequestFileFacts*> defaults;
  for (const RequestFileFacts& file : RequestFiles()) {
    const RequestFileFacts*& chosen = defaults[file.folder()];
    if (chosen == nullptr || DefaultOrder(file) < DefaultOrder(*chosen)) {
      chosen = &file;
    }
  }
  std::map<std::string, std::string> names;
  for (const auto& [folder, file] : defaults) {
    names.emplace(folder, file->name);
  }
  return names;
}

}  // namespace

std::vector<CatalogueTask> BuiltInTasks() {
  std::vector<CatalogueTask> tasks;
  std::set<std::string> taken;
  for (const std::span<const Task> benchmarks : {Tasks(), FurtherTasks()}) {
    for (const Task& benchmark : benchmarks) {
      tasks.push_back(OfBenchmark(benchmark));
      taken.insert(tasks.back().name);
      taken.insert(tasks.back().aliases.begin(), tasks.back().aliases.end());
    }
  }
  const std::map<std::string, std::string> defaults = DefaultFiles();
  for (const RequestFileFacts& file : RequestFiles()) {
    tasks.push_back(OfRequestFile(file));
    if (defaults.at(file.folder()) == file.name && !taken.contains(file.folder())) {
      tasks.back().aliases.push_back(file.folder());
    }
  }
  return tasks;
}

CatalogueTask RightAnswersOf(const CatalogueTask& file) {
  CatalogueTask answers = file;
  answers.name += kRightAnswers;
  answers.right_answers_only = true;
  answers.aliases.clear();
  answers.labels = std::exchange(answers.bpb_labels, {});
  answers.groups.clear();
  answers.requests = file.docs;
  answers.fewest_choices = answers.most_choices = 1;
  answers.metric = FactsOf(Metric::kBitsPerByte).name;
  answers.chance = std::nullopt;
  return answers;
}

}  // namespace vffn
