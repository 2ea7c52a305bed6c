#include "tasks/task.h"

#include <algorithm>

#include "base/error.h"
#include "tasks/benchmarks.h"

namespace vffn {

std::span<const Task> Tasks() {
  static const std::vector<Task> tasks = {Piqa(),    HellaSwag(),    OpenBookQa(),    SciQ(),
                                          ArcEasy(), ArcChallenge(), CommonsenseQa(), WinoGrande()};
  return tasks;
}

const Task& FindTask(std::string_view name) {
  std::string known;
  for (const Task& task : Tasks()) {
    const TaskFacts& facts = task.facts;
    if (facts.name == name || std::count(facts.aliases.begin(), facts.aliases.end(), name) > 0) {
      return task;
    }
    known.append(known.empty() ? "" : ", ").append(facts.name);
    for (const std::string_view alias : facts.aliases) {
      known.append(" (or ").append(alias).append(")");
    }
  }
  Fail("there is no task \"", name, "\"; the tasks are ", known);
}

std::optional<std::string> SizeNote(std::string_view task, int64_t docs) {
  const auto known = std::ranges::find(Tasks(), task, [](const Task& each) { return each.facts.name; });
  if (known == Tasks().end() || known->facts.doc_count == docs) {
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
