#include "reports/traces/skill_report.h"

#include <algorithm>

#include "analysis/skills.h"
#include "base/error.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_text.h"
#include "reports/traces/skill_categories.h"
#include "reports/traces/trace_docs.h"
#include "reports/traces/trace_ledger.h"
#include "reports/traces/trace_tables.h"

namespace vffn {
namespace {

/// How far the groups are from each other, in the range that loops can have.
std::string RangeNote(const std::vector<GroupLoops>& groups, int64_t max_loops) {
  const auto [least, most] = std::ranges::minmax_element(
      groups, {}, [](const GroupLoops& group) { return group.mean_loops->value; });
  const double range = most->mean_loops->value - least->mean_loops->value;
  return "Mean loops are between " + FixedText(least->mean_loops->value, 4) + " (" + least->group + ") and " +
         FixedText(most->mean_loops->value, 4) + " (" + most->group +
         "): " + FixedText(100 * range / static_cast<double>(std::max<int64_t>(1, max_loops - 1)), 2) +
         " % of the range from 1 to " + std::to_string(max_loops) + ".\n";
}

/// A note if contexts count that are mostly solved examples, the same ones for every doc of a task.
std::string ShotsNote(const LedgerContents& ledger, const std::vector<GroupLoops>& groups,
                      const Counting& counting) {
  const bool has_shots = std::ranges::any_of(groups, [&](const GroupLoops& group) {
    return std::ranges::any_of(group.tasks, [&](const std::string& name) {
      const LedgerTask* task = ledger.FindTask(name);
      return task != nullptr && task->shots > 0;
    });
  });
  return has_shots && counting.part != Part::kContinuation
             ? "The contexts of some tasks have solved examples, which count as the question does; --part "
               "continuation counts answers alone.\n"
             : "";
}

std::string TestNotes(size_t groups, const std::optional<DifficultyOfGroups>& across) {
  std::string text = "Errors are clustered by document. Equal means: Welch's analysis of variance.\n";
  if (across && groups > 1) {
    text += "Rank correlations over groups: " + std::to_string(groups) +
            " groups are the sample, p counts their orders" +
            (groups < 6 ? "; so few cannot give a small p.\n" : ".\n");
  }
  return text;
}

}  // namespace

DocGroup GroupBy(const LoopReportOptions& options) {
  if (options.by == LoopGrouping::kTask) {
    return [](const std::string& task, int64_t) { return task; };
  }
  SkillCategories categories;
  if (!options.categories.empty()) {
    categories = SkillCategories::FromFile(options.categories);
  } else if (!options.category_field.empty()) {
    categories = SkillCategories::FromSamples(options.samples, options.category_field);
  }
  return [categories](const std::string& task, int64_t doc_id) { return categories.Of(task, doc_id); };
}

void AddSkills(const TraceReader& reader, const TraceScope& scope, const LoopReportOptions& options,
               TraceReport& report) {
  const DocGroup group_of = GroupBy(options);
  SkillAnalysis analysis(reader.header(), scope.counting, group_of);
  AddDocs(reader, scope, analysis);
  const std::vector<GroupLoops> groups = analysis.Groups();
  std::optional<DifficultyOfGroups> across;
  std::optional<DifficultyInTasks> within;
  std::string shots;
  if (!options.ledger.empty()) {
    const LedgerContents ledger = ReadLedger(options.ledger);
    const Difficulties difficulties = DifficultiesOf(ledger, reader.header(), options.profile);
    shots = ShotsNote(ledger, groups, scope.counting);
    across = CompareGroups(groups, analysis.docs(), group_of, difficulties, options.correlation.seed);
    within = CompareWithinTasks(analysis.docs(), difficulties, options.correlation);
  }
  report.tables.push_back(GroupTable(groups, across));
  report.text += "\n" + RowsText(report.tables.back(), TableFormat::kConsole);
  if (!groups.empty()) {
    report.text += RangeNote(groups, reader.header().shape.max_loops) + shots;
    report.figures.push_back(LoopsByGroup(SubjectOf(reader, scope), scope.counting,
                                          options.by == LoopGrouping::kTask ? "task" : "category", groups));
  }
  report.tables.push_back(GroupLayerTable(groups));
  report.tables.push_back(GroupTestTable(groups, across, within));
  report.text +=
      "\n" + RowsText(report.tables.back(), TableFormat::kConsole) + TestNotes(groups.size(), across);
  if (within) {
    report.tables.push_back(WithinTasksTable(*within));
    report.text += "\n" + RowsText(report.tables.back(), TableFormat::kConsole);
  } else {
    report.text += "Whether harder tasks get more loops needs the run's ledger (--ledger).\n";
  }
}

}  // namespace vffn
