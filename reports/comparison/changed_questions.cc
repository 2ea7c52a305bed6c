#include "reports/comparison/changed_questions.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

struct Change {
  const PairedTask* task;
  const PairedQuestion* question;

  std::string Direction() const {
    const bool up = question->b > question->a;
    return up == task->accuracy ? "gained" : "lost";
  }
  /// How far the margin moved; -1 if it is not known.
  double Move() const {
    return question->a_margin && question->b_margin ? std::abs(*question->b_margin - *question->a_margin)
                                                    : -1;
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

std::string Decimal(double value) { return OrderedJson(value).dump(); }
std::string Decimal(const std::optional<double>& value) { return value ? Decimal(*value) : ""; }

}  // namespace

std::string ChangedQuestionsCsv(const std::string& a, const std::string& b,
                                std::span<const PairedTask> tasks) {
  TextTable table({{"a"},
                   {"b"},
                   {"task"},
                   {"doc_id"},
                   {"metric"},
                   {"change"},
                   {"a_score"},
                   {"b_score"},
                   {"a_margin"},
                   {"b_margin"}});
  for (const Change& change : ChangesOf(tasks)) {
    const PairedQuestion& question = *change.question;
    table.AddRow({a, b, change.task->task, std::to_string(question.doc_id), change.task->metric,
                  change.Direction(), Decimal(question.a), Decimal(question.b), Decimal(question.a_margin),
                  Decimal(question.b_margin)});
  }
  return table.ToCsv();
}

std::string LargestChanges(std::span<const PairedTask> tasks, size_t most, TableFormat format) {
  std::vector<Change> changes = ChangesOf(tasks);
  if (changes.empty()) {
    return "";
  }
  std::ranges::stable_sort(changes, std::ranges::greater(), &Change::Move);
  const size_t all = changes.size();
  changes.resize(std::min(all, most));
  TextTable table({{"task"},
                   {"doc", Align::kRight},
                   {"change"},
                   {"margin of A", Align::kRight},
                   {"margin of B", Align::kRight}});
  for (const Change& change : changes) {
    const auto margin = [](const std::optional<double>& value) {
      return value ? SignedText(*value, 3) : std::string("-");
    };
    table.AddRow({change.task->task, std::to_string(change.question->doc_id), change.Direction(),
                  margin(change.question->a_margin), margin(change.question->b_margin)});
  }
  return TitleText("The largest " + std::to_string(changes.size()) + " of " + std::to_string(all) +
                       " changes (all of them: --changed FILE)",
                   format) +
         table.ToText(format);
}

}  // namespace vffn
