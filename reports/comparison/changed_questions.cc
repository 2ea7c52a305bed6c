#include "reports/comparison/changed_questions.h"

#include <algorithm>
#include <cmath>

namespace vffn {
namespace {

struct Change {
  const PairedTask* task;
  const PairedQuestion* question;

  const char* Direction() const {
    const bool up = question->b > question->a;
    return up == task->higher_is_better ? "gained" : "lost";
  }
  bool HasMargins() const { return question->a_margin && question->b_margin; }
  /// How far the margin moved; without margins, the score.
  double Move() const {
    return HasMargins() ? std::abs(*question->b_margin - *question->a_margin)
                        : std::abs(question->b - question->a);
  }
};

std::vector<Change> ChangesOf(std::span<const PairedTask> tasks) {
  std::vector<Change> changes;
  for (const PairedTask& task : tasks) {
    for (const PairedQuestion& question : task.questions) {
      if (question.a != question.b) {
        changes.push_back({&task, &question});
      }
    }
  }
  return changes;
}

Table TableOf(const std::vector<Change>& changes) {
  constexpr Style kMargin = {.unit = {.decimals = 3}, .sign = true};
  const bool margins = std::ranges::any_of(changes, &Change::HasMargins);
  const bool scores = !std::ranges::all_of(changes, &Change::HasMargins);  // margins are of accuracies
  Table table({{"task", "task"},
               {"doc_id", "doc", kNumber},
               {"metric"},
               {"change", "change"},
               {"a_score", scores ? "score of A" : "", Decimals(4)},
               {"b_score", scores ? "score of B" : "", Decimals(4)},
               {"a_margin", margins ? "margin of A" : "", kMargin},
               {"b_margin", margins ? "margin of B" : "", kMargin}});
  for (const Change& change : changes) {
    const PairedQuestion& question = *change.question;
    table.AddRow("task", change.task->task, "doc_id", question.doc_id, "metric", change.task->metric,
                 "change", change.Direction(), "a_score", question.a, "b_score", question.b, "a_margin",
                 question.a_margin, "b_margin", question.b_margin);
  }
  return table;
}

}  // namespace

std::string ChangedQuestionsCsv(const std::string& a, const std::string& b,
                                std::span<const PairedTask> tasks) {
  Table table = TableOf(ChangesOf(tasks));
  table.Prepend(MakeRow("a", a, "b", b));
  return ToText(table, TableFormat::kCsv);
}

std::string LargestChanges(std::span<const PairedTask> tasks, size_t most, TableFormat format) {
  std::vector<Change> changes = ChangesOf(tasks);
  if (changes.empty()) {
    return "";
  }
  std::ranges::stable_sort(changes, std::ranges::greater(), &Change::Move);
  const size_t all = changes.size();
  changes.resize(std::min(all, most));
  Table table = TableOf(changes);
  table.title = "The largest " + std::to_string(changes.size()) + " of " + std::to_string(all) +
                " changes (all of them: --changed FILE)";
  return ToText(table, format);
}

}  // namespace vffn
