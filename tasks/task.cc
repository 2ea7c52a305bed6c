#include "tasks/task.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "base/near_names.h"
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
  std::vector<std::string> known;
  for (const std::span<const Task> tasks : {Tasks(), FurtherTasks()}) {
    for (const Task& each : tasks) {
      known.emplace_back(each.facts.name);
      known.insert(known.end(), each.facts.aliases.begin(), each.facts.aliases.end());
    }
  }
  const std::string likely = DidYouMean(name, known);
  Fail("there is no task \"", name, "\"", likely, likely.empty() ? "; " : " ",
       "'vffn tasks --all' lists the names");
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
