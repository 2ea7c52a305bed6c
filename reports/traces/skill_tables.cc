#include "reports/traces/trace_tables.h"

namespace vffn {
namespace {

std::vector<GroupMean> GroupMeansOf(const std::vector<GroupLoops>& groups) {
  std::vector<GroupMean> means;
  for (const GroupLoops& group : groups) {
    if (group.mean_loops) {
      means.push_back({*group.mean_loops, group.docs});
    }
  }
  return means;
}

void AddCorrelation(const char* test, const PermutedCorrelation& correlation, Table& table) {
  table.AddRow("test", test, "count", correlation.pairs, "statistic", correlation.rho, "meaning",
               "rank correlation", "p", correlation.p, "exact",
               correlation.p ? Cell(correlation.exact) : Cell());
}

}  // namespace

Table GroupTable(const std::vector<GroupLoops>& groups, const std::optional<DifficultyOfGroups>& difficulty) {
  std::vector<Column> columns = {{"group", "Group"},
                                 {"tasks"},
                                 {"docs", "Docs", kNumber},
                                 {"tokens", "Tokens", kNumber},
                                 {{"mean_loops", "mean_loops_error"}, "Mean loops", Decimals(4)},
                                 {{"share_below_max", "share_below_max_error"}, "P", Decimals(4)},
                                 {{"lambda_width", "lambda_width_error"}, "Lambda", Decimals(4)}};
  if (difficulty) {
    columns.push_back({{"error_rate", "error_rate_error"}, "Wrong %", kPercent});
    columns.push_back({{"bits_per_byte", "bits_per_byte_error"}, "Bits/byte", Decimals(3)});
  }
  Table table("loops_groups", std::move(columns));
  for (size_t i = 0; i < groups.size(); ++i) {
    const GroupLoops& group = groups[i];
    Row row = MakeRow("group", group.group, "tasks", Cell(group.tasks), "docs", group.docs, "tokens",
                      group.tokens, "mean_loops", group.mean_loops, "share_below_max", group.share_below_max,
                      "lambda_width", group.lambda);
    if (difficulty) {
      row.emplace_back("error_rate", difficulty->groups[i].error_rate);
      row.emplace_back("bits_per_byte", difficulty->groups[i].loss);
    }
    table.AddRow(row);
  }
  return table;
}

Table GroupLayerTable(const std::vector<GroupLoops>& groups) {
  Table table("loops_groups_layers", {{"group"},
                                      {"layer"},
                                      {Keys("mean_loops", "mean_loops_error")},
                                      {Keys("lambda_width", "lambda_width_error")}});
  for (const GroupLoops& group : groups) {
    for (size_t layer = 0; layer < group.layers.size(); ++layer) {
      table.AddRow("group", group.group, "layer", layer, "mean_loops", group.layers[layer].loops,
                   "lambda_width", group.layers[layer].lambda);
    }
  }
  return table;
}

Table GroupTestTable(const std::vector<GroupLoops>& groups, const std::optional<DifficultyOfGroups>& across,
                     const std::optional<DifficultyInTasks>& within) {
  Table table("loops_groups_tests", {{"test", "Test"},
                                     {"count", "Groups", kNumber},
                                     {"meaning", "Statistic"},
                                     {{"statistic", "statistic_error"}, "Value", Decimals(4)},
                                     {"numerator_degrees"},
                                     {"denominator_degrees"},
                                     {"p", "p", kProbability},
                                     {"exact"}});
  const std::vector<GroupMean> means = GroupMeansOf(groups);
  const std::optional<EqualMeansTest> equal = TestEqualMeans(means);
  const auto part = [&](double EqualMeansTest::*field) {
    return equal ? Cell((*equal).*field) : Cell(std::nullopt);
  };
  table.AddRow("test", "mean loops are equal", "count", means.size(), "meaning", "F", "statistic",
               part(&EqualMeansTest::f), "numerator_degrees", part(&EqualMeansTest::numerator_degrees),
               "denominator_degrees", part(&EqualMeansTest::denominator_degrees), "p",
               part(&EqualMeansTest::p));
  if (across) {
    AddCorrelation("mean loops and error rate", across->error_rate, table);
    AddCorrelation("mean loops and bits per byte", across->loss, table);
  }
  if (within) {
    table.AddRow("test", "docs within tasks: wrong - right", "count", within->averaged, "meaning",
                 "loops, mean over tasks", "statistic", within->difference, "p", within->p);
  }
  return table;
}

Table WithinTasksTable(const DifficultyInTasks& within) {
  Table table("loops_within_tasks",
              {{"task", "Task"},
               {"wrong", "Wrong", kNumber},
               {"right", "Right", kNumber},
               {{"wrong_loops", "wrong_loops_error"}, "Loops if wrong", Decimals(4)},
               {{"right_loops", "right_loops_error"}, "Loops if right", Decimals(4)},
               {{"difference", "difference_error"}, "Difference", {.unit = {.decimals = 4}, .sign = true}},
               {"p", "p", kProbability},
               {"holm_p", "Holm p", kProbability},
               {"loss_docs"},
               {"loss_rho", "rho with bits/byte", {.unit = {.decimals = 3}, .sign = true}},
               {{"loss_low", "loss_high"}, "95 % interval", {.unit = {.decimals = 3}, .sign = true}}});
  for (const DifficultyWithin& task : within.tasks) {
    const RankCorrelation& loss = task.loss;
    const std::optional<ConfidenceInterval> interval =
        loss.low && loss.high ? std::optional(ConfidenceInterval{*loss.low, *loss.high}) : std::nullopt;
    table.AddRow("task", task.task, "wrong", task.wrong, "right", task.right, "wrong_loops", task.wrong_loops,
                 "right_loops", task.right_loops, "difference", task.difference, "p", task.p, "holm_p",
                 task.adjusted_p, "loss_docs", loss.tokens, "loss_rho", loss.rho, "loss_low", interval);
  }
  return table;
}

}  // namespace vffn
