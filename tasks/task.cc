#include "tasks/task.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "tasks/benchmarks.h"

namespace vffn {

std::span<const Task> Tasks() {
  static const std::vector<Task> tasks = {Piqa(),    HellaSwag(),    OpenBookQa(),    SciQ(),
                                          ArcEasy(), ArcChallenge(), CommonsenseQa(), WinoGrande()};
  return tasks;
}

std::span<const Task> FurtherTasks() {
  static const std::vector<Task> tasks = [] {
    std::vector<Task> all = {
        BoolQ(), SocialIqa(),       Copa(),       Rte(),         CommitmentBank(),     Mrpc(),
        Sst2(),  BasicArithmetic(), ArcEasyPpl(), TriviaQaPpl(), NaturalQuestionsPpl()};
    std::ranges::move(MmluTasks(), std::back_inserter(all));
    return all;
  }();
  return tasks;
}

const Task* TaskNamed(std::string_view name) {
  for (const std::span<const Task> tasks : {Tasks(), FurtherTasks()}) {
    for (const Task& task : tasks) {
      if (task.facts.name == name || std::ranges::count(task.facts.aliases, name) > 0) {
        return &task;
      }
    }
  }
  return nullptr;
}

const Task& FindTask(std::string_view name) {
  const Task* task = TaskNamed(name);
  if (task != nullptr) {
    return *task;
  }
  std::string known;
  for (const std::span<const Task> tasks : {Tasks(), FurtherTasks()}) {
    for (const Task& each : tasks) {
      if (each.facts.group.starts_with("mmlu_")) {
        continue;  // 44 names
      }
      known.append(known.empty() ? "" : ", ").append(each.facts.name);
      for (const std::string_view alias : each.facts.aliases) {
        known.append(" (or ").append(alias).append(")");
      }
    }
  }
  Fail("there is no task \"", name, "\"; the tasks are ", known,
       ", and other prompts of MMLU: 'vffn tasks --all' lists them");
}

int64_t PromptsOfRecord(std::string_view task) {
  const Task* known = TaskNamed(task);
  return known == nullptr ? 1 : known->facts.prompts;
}

std::optional<std::string> SizeNote(std::string_view task, int64_t docs) {
  const Task* known = TaskNamed(task);
  if (known == nullptr || known->facts.doc_count == docs) {
    return std::nullopt;
  }
  const TaskFacts& facts = known->facts;
  return std::string(task) + ": the data have " + std::to_string(docs) + " docs, the published " +
         std::string(facts.split) + " split has " + std::to_string(facts.doc_count);
}

double ChanceLevel(std::span<const Example> examples) {
  double sum = 0;
  for (const Example& example : examples) {
    sum += 1.0 / static_cast<double>(example.choices.size());
  }
  return examples.empty() ? 0 : sum / static_cast<double>(examples.size());
}

}  // namespace vffn
