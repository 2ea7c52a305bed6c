#include <algorithm>

#include "base/json.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"
#include "reports/training/training_report.h"

namespace vffn {
namespace {

constexpr Unit kMillions = {.per = 1e6, .decimals = 2};
constexpr Unit kGibibytes = {.per = 1024.0 * 1024 * 1024, .decimals = 2};
constexpr Unit kHours = {.per = 3600, .decimals = 2};
constexpr double kNearlyAll = 0.95;  // of a layer's tokens

Style In(const Unit& unit) { return {.unit = unit}; }

/// A row in which everything that a run has reached is named by its column.
Row SummaryRow(const TrainingRun& run) {
  const TrainingSummary summary = Summarize(run);
  return MakeRow("run", run.name, "step", summary.steps, "tokens", summary.tokens, "loss", summary.loss,
                 "evaluated_at_step", summary.evaluated_at, "held_out_loss", summary.held_out_loss,
                 "sampled_held_out_loss", summary.sampled_held_out_loss, "bits_per_byte",
                 summary.bits_per_byte, "accuracy", summary.accuracy, "mean_loops", summary.mean_loops,
                 "mean_lambda", summary.mean_lambda, "heaviest_expert", summary.heaviest_expert,
                 "tokens_per_second", summary.tokens_per_second, "utilisation", summary.utilisation,
                 "seconds", summary.seconds, "peak_bytes", summary.peak_bytes);
}

/// Columns that at least one run has.
std::vector<Column> SummaryColumns(std::span<const TrainingRun> runs) {
  const std::vector<Column> all = {{"run", "run"},
                                   {"step", "steps", {.grouped = true}},
                                   {"tokens", "tokens (M)", In(kMillions)},
                                   {"loss", "training loss", Decimals(3)},
                                   {"evaluated_at_step"},
                                   {"held_out_loss", "held-out loss", Decimals(3)},
                                   {"sampled_held_out_loss", "with drawn loops", Decimals(3)},
                                   {"bits_per_byte", "bits per byte", Decimals(3)},
                                   {"accuracy", "accuracy %", kPercent},
                                   {"mean_loops", "mean loops", kNumber},
                                   {"mean_lambda", "mean lambda", Decimals(3)},
                                   {"heaviest_expert", "heaviest expert x N", kNumber},
                                   {"tokens_per_second", "tokens/s", {.unit = {.decimals = 0}}},
                                   {"utilisation", "utilisation %", {.unit = {.scale = 100, .decimals = 1}}},
                                   {"seconds", "hours", In(kHours)},
                                   {"peak_bytes", "memory (GiB)", In(kGibibytes)}};
  std::vector<Column> columns;
  for (const Column& column : all) {
    const bool known = std::ranges::any_of(runs, [&](const TrainingRun& run) {
      const Row row = SummaryRow(run);
      const auto cell = std::ranges::find(row, column.name(), &Row::value_type::first);
      return !cell->second.is_empty();
    });
    if (known) {
      columns.push_back(column);
    }
  }
  return columns;
}

/// "0, 3 and 5".
std::string ListText(const std::vector<size_t>& numbers) {
  std::string text;
  for (size_t i = 0; i < numbers.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == numbers.size() ? " and " : ", ") + std::to_string(numbers[i]);
  }
  return text;
}

void NoteCollapse(const std::vector<LayerMetrics>& layers, Table& table) {
  std::vector<size_t> collapsed;
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    const std::vector<double>& shares = layers[layer].loop_shares;
    if (!shares.empty() && std::ranges::max(shares) >= kNearlyAll) {
      collapsed.push_back(layer);
    }
  }
  if (!collapsed.empty()) {
    table.notes.push_back("In layer" + std::string(collapsed.size() > 1 ? "s " : " ") + ListText(collapsed) +
                          " at least 95 % of the tokens take the same number of loops.");
  }
}

std::string ShareName(size_t loops) { return "share_" + std::to_string(loops) + "_loops"; }

}  // namespace

Table TrainingTable(std::span<const TrainingRun> runs) {
  const std::vector<Column> columns = SummaryColumns(runs);
  Table table(columns, "Training runs");
  for (const TrainingRun& run : runs) {
    Row row = SummaryRow(run);
    std::erase_if(row, [&](const auto& cell) {
      return std::ranges::none_of(columns, [&](const Column& column) { return column.name() == cell.first; });
    });
    table.AddRow(row);
  }
  table.notes.push_back(
      "Training loss (nats per token), loops, lambda and loads are means over the last 5 % of the steps; "
      "loops are those that training draws. Held-out loss, bits per byte and accuracy are of the last "
      "evaluation, with the most probable loop counts. Heaviest expert: the greatest load of any layer over "
      "1/N; 1 is balanced.");
  if (std::ranges::any_of(columns, [](const Column& c) { return c.name() == "sampled_held_out_loss"; })) {
    table.notes.push_back("With drawn loops: the held-out loss with loop counts drawn as in training.");
  }
  for (const TrainingRun& run : runs) {
    if (!run.evaluations.empty() && run.evaluations.back().step != run.steps.back().step) {
      table.notes.push_back(run.name + ": the last evaluation was after step " +
                            std::to_string(run.evaluations.back().step) + " of " +
                            std::to_string(run.steps.back().step) + ".");
    }
  }
  return table;
}

Table TrainingTaskTable(std::span<const TrainingRun> runs) {
  std::vector<Column> columns = {{"task", "task"}, {"metric", "metric"}, {"docs", "docs", {.grouped = true}}};
  std::vector<std::pair<std::string, std::string>> rows;
  for (const TrainingRun& run : runs) {
    if (run.evaluations.empty() || run.evaluations.back().tasks.empty()) {
      continue;
    }
    columns.push_back({run.name, run.name, Decimals(4)});
    for (const EvaluationPoint::Task& task : run.evaluations.back().tasks) {
      if (std::ranges::find(rows, std::pair(task.task, task.metric)) == rows.end()) {
        rows.emplace_back(task.task, task.metric);
      }
    }
  }
  Table table(std::move(columns), "Tasks at the last evaluation");
  table.notes = {
      "Accuracies are fractions. These scores are of in-loop evaluations; vffn eval gives errors."};
  for (const auto& [name, metric] : rows) {
    Row row = MakeRow("task", name, "metric", metric);
    for (const TrainingRun& run : runs) {
      for (const EvaluationPoint::Task& task :
           run.evaluations.empty() ? std::vector<EvaluationPoint::Task>() : run.evaluations.back().tasks) {
        if (task.task == name && task.metric == metric) {
          row.emplace_back(run.name, task.score);
          if (std::ranges::find(row, "docs", &Row::value_type::first) == row.end()) {
            row.emplace_back("docs", task.docs);
          }
        }
      }
    }
    table.AddRow(row);
  }
  return table;
}

Table TrainingLayerTable(const TrainingRun& run) {
  const std::vector<LayerMetrics> layers = Summarize(run).layers;
  const size_t max_loops = layers.empty() ? 0 : layers.front().loop_shares.size();
  const bool experts = !layers.empty() && !layers.front().expert_load.empty();
  std::vector<Column> columns = {{"layer", "layer", kNumber}};
  if (max_loops > 0) {
    columns.push_back({"mean_loops", "mean loops", kNumber});
    for (size_t loops = 1; loops <= max_loops; ++loops) {
      columns.push_back({ShareName(loops),
                         std::to_string(loops) + (loops == 1 ? " loop %" : " loops %"),
                         {.unit = {.scale = 100, .decimals = 1}}});
    }
    columns.push_back({"mean_lambda", "mean lambda", Decimals(3)});
  }
  if (experts) {
    columns.push_back({"heaviest_expert", "heaviest expert", kNumber});
    columns.push_back({"heaviest_load", "its load x N", kNumber});
  }
  Table table(std::move(columns), "Layers of " + run.name + ", mean over the last 5 % of the steps");
  if (max_loops == 0 && !experts) {
    return table;
  }
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    const LayerMetrics& metrics = layers[layer];
    Row row = MakeRow("layer", layer);
    if (max_loops > 0) {
      row.emplace_back("mean_loops", metrics.mean_loops);
      row.emplace_back("mean_lambda", metrics.mean_lambda);
      for (size_t loops = 1; loops <= metrics.loop_shares.size(); ++loops) {
        row.emplace_back(ShareName(loops), metrics.loop_shares[loops - 1]);
      }
    }
    if (experts) {
      const auto heaviest = std::ranges::max_element(metrics.expert_load) - metrics.expert_load.begin();
      row.emplace_back("heaviest_expert", static_cast<int64_t>(heaviest));
      row.emplace_back("heaviest_load", HeaviestExpert(metrics));
    }
    table.AddRow(row);
  }
  NoteCollapse(layers, table);
  return table;
}

std::vector<Table> TrainingTables(std::span<const TrainingRun> runs) {
  std::vector<Table> tables = {TrainingTable(runs), TrainingTaskTable(runs)};
  for (const TrainingRun& run : runs) {
    tables.push_back(TrainingLayerTable(run));
  }
  std::erase_if(tables, [](const Table& table) { return table.rows().empty(); });
  return tables;
}

std::string TrainingText(std::span<const TrainingRun> runs, TableFormat format) {
  if (format == TableFormat::kCsv) {
    return ToCsv(TrainingTable(runs));
  }
  std::string text;
  for (const Table& table : TrainingTables(runs)) {
    text += (text.empty() ? "" : "\n") + ToText(table, format);
  }
  return text;
}

OrderedJson TrainingJson(std::span<const TrainingRun> runs) {
  OrderedJson json = OrderedJson::array();
  const OrderedJson summaries = ToJson(TrainingTable(runs));
  for (size_t i = 0; i < runs.size(); ++i) {
    OrderedJson& run = json.emplace_back(summaries[i]);
    run["layers"] = ToJson(TrainingLayerTable(runs[i]));
    run["evaluations"] = OrderedJson::array();
    for (const EvaluationPoint& point : runs[i].evaluations) {
      run["evaluations"].push_back(ToJson(point));
    }
  }
  return json;
}

}  // namespace vffn
