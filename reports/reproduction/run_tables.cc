#include "reports/reproduction/run_tables.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "analysis/wilson.h"
#include "reports/reproduction/run_averages.h"
#include "reports/tables/accuracy_cells.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

constexpr const char* kNumbersNote =
    "accuracies in percent, losses in nats a token, FLOPs of the FFNs for one token; \"-\": there is no "
    "number; #: no whole number of questions gives it";

/// What the verdicts on published numbers mean.
std::vector<std::string> RuleNotes(const VerdictRule& rule) {
  const std::string percent = FixedText(100 * rule.confidence(), 0);
  const std::string margin = FixedText(100 * rule.margin);
  return {
      "interval: " + percent +
          " % of ours - published, unpaired: the published answers are not known "
          "question by question (Newcombe's for tasks, normal for averages)",
      "= same: every question scored and the printed digits are ours, or the interval lies within ±" +
          margin + " points (losses: " + FixedText(rule.loss_margin, 3) +
          " nats); ! differs: p, adjusted by Holm over the table's tasks, averages or losses, is below " +
          FixedText(rule.alpha) + "; ? cannot tell at this n: neither",
      "~ incomparable: the paper's loss is a training loss on its own corpus, ours is of another text. Its "
      "value, error and difference are shown; the difference tells nothing about the models, and no p is "
      "given"};
}

/// The tasks that other models were scored on, the paper's first.
std::vector<std::string> TasksOf(const Reproduction& reproduction, std::span<const size_t> runs) {
  std::vector<std::string> names = reproduction.tasks;
  for (const size_t run : runs) {
    for (const MeasuredTask& task : reproduction.runs[run].tasks) {
      if (std::ranges::find(names, task.task) == names.end()) {
        names.push_back(task.task);
      }
    }
  }
  std::erase_if(names, [&](const std::string& name) {
    return std::ranges::none_of(runs,
                                [&](size_t run) { return reproduction.runs[run].FindTask(name) != nullptr; });
  });
  return names;
}

std::string InParentheses(const std::string& text) { return "(" + text + ")"; }

/// A property of runs, without repetitions, in their order.
template <class ValueOf>
std::vector<std::string> ValuesOf(const Reproduction& reproduction, std::span<const size_t> runs,
                                  const ValueOf& value_of) {
  std::vector<std::string> values;
  for (const size_t run : runs) {
    const std::string value = value_of(reproduction.runs[run]);
    if (!value.empty() && std::ranges::find(values, value) == values.end()) {
      values.push_back(value);
    }
  }
  return values;
}

std::string MetricOf(const MeasuredRun& run, const std::string& task) {
  const MeasuredTask* measured = run.FindTask(task);
  return measured == nullptr ? "" : measured->metric;
}

/// "30", or, where the runs have different metrics, "30, acc".
Cell TaskCell(const MeasuredTask* task, bool with_metric) {
  constexpr Unit kLossUnit = {.decimals = 4};
  if (task == nullptr) {
    return Cell(std::nullopt);
  }
  const std::string docs = std::to_string(task->docs);
  return (task->percent ? AccuracyCell(task->score, task->docs) : Cell(task->score))
      .Marked(InParentheses(with_metric ? docs + ", " + task->metric : docs))
      .In(task->percent ? kPercent.unit : kLossUnit);
}

/// Once, if a score of the table has an interval.
void AddWilsonNote(const MeasuredTask* task, Table& table) {
  const bool has_interval =
      task != nullptr && task->percent && IntervalWithoutVariation(task->score, task->docs);
  if (has_interval && std::ranges::find(table.notes, WilsonNote()) == table.notes.end()) {
    table.notes.push_back(WilsonNote());
  }
}

std::string Unfinished(const MeasuredLoss& loss) {
  return loss.unfinished > 0 ? "; INCOMPLETE, documents that were begun: " + std::to_string(loss.unfinished)
                             : "";
}

/// The text and window of each model's loss.
void AddLossNotes(const Reproduction& reproduction, std::span<const size_t> runs, Table& table) {
  for (const size_t index : runs) {
    if (const MeasuredRun& run = reproduction.runs[index]; run.measured_loss) {
      const MeasuredLoss& loss = *run.measured_loss;
      table.notes.push_back(run.Label() + ", loss: " + loss.text + ", " + loss.window + Unfinished(loss));
    }
  }
}

Cell LossCell(const std::optional<Estimate>& estimate) { return Cell(estimate).In({.decimals = 3}); }

/// Rows of the losses that were measured, if there are any.
template <class AddRow>
void AddLosses(const Reproduction& reproduction, std::span<const size_t> runs, const AddRow& add) {
  if (std::ranges::none_of(runs,
                           [&](size_t run) { return reproduction.runs[run].measured_loss.has_value(); })) {
    return;
  }
  using Value = std::optional<Estimate> (*)(const LossSummary&);
  const auto row = [&](const char* name, Value value) {
    add(name, [&](const MeasuredRun& run) {
      return run.measured_loss ? LossCell(value(run.measured_loss->summary)) : Cell(std::nullopt);
    });
  };
  row("loss, nats a token", [](const LossSummary& loss) { return std::optional(loss.nats_per_token); });
  row("loss, bits a byte", [](const LossSummary& loss) { return loss.bits_per_byte; });
}

/// What keeps the scores of runs from being compared.
void AddProtocolNotes(const Reproduction& reproduction, std::span<const size_t> runs, Table& table) {
  const auto profiles = ValuesOf(reproduction, runs, [](const MeasuredRun& run) { return run.profile; });
  if (profiles.size() > 1) {
    table.notes.push_back(
        "the runs have different profiles (prompts, tokens and metrics): their scores are not comparable; "
        "'vffn eval --profile' or, if the ledger allows it, 'vffn rescore --profile' scores them alike");
  }
  const auto dtypes = ValuesOf(reproduction, runs, [](const MeasuredRun& run) { return run.dtype; });
  if (dtypes.size() > 1) {
    table.notes.push_back("the runs were computed in different types of numbers (dtype)");
  }
}

/// Profile and dtype, in the title if all runs have the same, else in rows of their own.
class Protocol {
 public:
  Protocol(const Reproduction& reproduction, std::span<const size_t> runs)
      : profiles_(ValuesOf(reproduction, runs, [](const MeasuredRun& run) { return run.profile; })),
        dtypes_(ValuesOf(reproduction, runs, [](const MeasuredRun& run) { return run.dtype; })) {}

  std::string Title() const {
    return (profiles_.size() == 1 ? "; profile " + profiles_.front() : "") +
           (dtypes_.size() == 1 ? ", " + dtypes_.front() : "");
  }
  template <class AddRow>
  void AddRows(const AddRow& add) const {
    if (profiles_.size() > 1) {
      add("profile", [](const MeasuredRun& run) { return Cell(run.profile); });
    }
    if (dtypes_.size() > 1) {
      add("dtype", [](const MeasuredRun& run) { return Cell(run.dtype); });
    }
  }

 private:
  std::vector<std::string> profiles_, dtypes_;
};

void AddUntrainedNotes(const Reproduction& reproduction, std::span<const size_t> runs, Table& table) {
  for (const size_t index : runs) {
    if (const MeasuredRun& run = reproduction.runs[index]; run.untrained) {
      table.notes.push_back(run.Label() +
                            ": an untrained model (for example, freshly upcycled); its scores show that the "
                            "program runs, not what the architecture can do");
    }
  }
}

/// Folder and file: the rest of a path is the reader's own.
std::string ShortPath(const std::string& path) {
  const std::filesystem::path file(path);
  return (file.parent_path().filename() / file.filename()).string();
}

/// The losses of a table, with their models.
std::vector<LossRun> AllLosses(const Reproduction& reproduction) {
  std::vector<LossRun> losses;
  for (const MeasuredRun& run : reproduction.runs) {
    if (run.measured_loss) {
      losses.push_back({run.name, run.untrained, *run.measured_loss});
    }
  }
  std::ranges::copy(reproduction.loss_runs, std::back_inserter(losses));
  return losses;
}

}  // namespace

Table OtherModelsTable(const Reproduction& reproduction, std::span<const size_t> others) {
  const Protocol protocol(reproduction, others);
  std::vector<Column> columns = {{"task", "task"}, {"metric", "metric"}};
  for (const size_t run : others) {
    columns.push_back({std::to_string(run), reproduction.runs[run].Label(), kPercent});
  }
  Table table(columns,
              "Other models, under their own names: score ± standard error (docs)" + protocol.Title());
  const auto add_row = [&](const std::string& name, const std::string& metric, const auto& value) {
    Row row = MakeRow("task", name, "metric", metric);
    for (const size_t run : others) {
      row.emplace_back(std::to_string(run), value(reproduction.runs[run]));
    }
    table.AddRow(row);
  };
  const auto add = [&](const std::string& name, const auto& value) { add_row(name, "", value); };
  AddUntrainedNotes(reproduction, others, table);
  AddProtocolNotes(reproduction, others, table);
  AddLossNotes(reproduction, others, table);
  protocol.AddRows(add);
  for (const std::string& name : TasksOf(reproduction, others)) {
    const std::vector<std::string> metrics =
        ValuesOf(reproduction, others, [&](const MeasuredRun& run) { return MetricOf(run, name); });
    const bool differ = metrics.size() > 1;
    add_row(name, differ ? "differs" : metrics.front(), [&](const MeasuredRun& run) {
      const MeasuredTask* task = run.FindTask(name);
      if (task != nullptr && task->missing > 0) {
        table.notes.push_back(run.Label() + ", " + name + ": INCOMPLETE, " + std::to_string(task->missing) +
                              " docs missing; those scored are no fair sample");
      }
      AddWilsonNote(task, table);
      return TaskCell(task, differ);
    });
  }
  table.AddRule();
  for (const AverageRow& average : AverageRows(reproduction, others)) {
    add(average.label, [&](const MeasuredRun& run) { return Cell(AverageOver(run, average.tasks)); });
    if (!average.listed) {
      table.notes.push_back(average.label + ": " + JoinedText(average.tasks, ", "));
    }
  }
  AddLosses(reproduction, others, add);
  add("parameters (M)", [](const MeasuredRun& run) { return Cell(run.parameters).In({.per = 1e6}); });
  add("executed FFN FLOPs per token (M)",
      [](const MeasuredRun& run) { return Cell(run.ExecutedFfnMegaflops()).In({}); });
  return table;
}

Table LossTable(const Reproduction& reproduction) {
  Table table({{"run", "run"},
               {"dtype", "dtype"},
               {"documents", "documents", kNumber},
               {"tokens", "tokens", {.grouped = true}},
               {{"nats_per_token", "nats_per_token_stderr"}, "nats a token", Decimals(3)},
               {"perplexity", "perplexity", kNumber},
               {{"bits_per_byte", "bits_per_byte_stderr"}, "bits a byte", Decimals(3)},
               {"word_perplexity", "word perplexity", kNumber}},
              "Losses of text");
  std::set<std::string> texts;
  for (const LossRun& run : AllLosses(reproduction)) {
    const LossSummary& loss = run.loss.summary;
    table.AddRow("run", run.Label(), "dtype", run.loss.dtype, "documents", loss.documents, "tokens",
                 loss.tokens, "nats_per_token", loss.nats_per_token, "perplexity",
                 loss.token_perplexity.value, "bits_per_byte", loss.bits_per_byte, "word_perplexity",
                 loss.word_perplexity ? Cell(loss.word_perplexity->value) : Cell(std::nullopt));
    texts.insert(run.loss.text + ", " + run.loss.window);
    table.notes.push_back(run.Label() + ": " + run.loss.text + ", " + run.loss.window + Unfinished(run.loss));
  }
  if (texts.size() > 1) {
    table.notes.push_back("losses of different texts, or in different windows, are not comparable");
  }
  return table;
}

Table RunsTable(const Reproduction& reproduction) {
  const std::vector<size_t> all = AllRuns(reproduction);
  const std::vector<std::string> common = CommonTasks(reproduction, all);
  const bool same = HaveSameTasks(reproduction, all);
  Table table({{"run", "run"},
               {"model", "model"},
               {"row", "row"},
               {"profile", "profile"},
               {"dtype", "dtype"},
               {"tasks", "tasks", kNumber},
               {"docs", "docs", kNumber},
               {{"centred_average", "centred_average_stderr"},
                same ? "average above chance" : "average above chance, common tasks",
                kPercent},
               {"results", "results"}},
              kRunsTitle);
  for (const MeasuredRun& run : reproduction.runs) {
    int64_t docs = 0, tasks = 0;
    for (const MeasuredTask& task : run.tasks) {
      docs += task.better_form_of ? 0 : task.docs;
      tasks += task.better_form_of ? 0 : 1;
    }
    const bool in_a_row = !run.rows.empty() && (run.rows_named || !run.untrained);
    table.AddRow("run", run.Label(), "model", run.model, "row",
                 in_a_row ? run.rows.front().scale + "/" + run.rows.front().row : "-", "profile", run.profile,
                 "dtype", run.dtype, "tasks", tasks, "docs", docs, "centred_average",
                 CentredAverageOver(run, common), "results", ShortPath(run.source));
  }
  AddProtocolNotes(reproduction, all, table);
  for (const MeasuredRun& run : reproduction.runs) {
    std::ranges::copy(run.file_notes, std::back_inserter(table.notes));
  }
  table.notes.push_back(
      "average above chance: the mean of (accuracy - chance) / (1 - chance) over " +
      (same ? std::string("tasks")
            : "the tasks that all runs have: " + (common.empty() ? "none" : JoinedText(common, ", "))));
  table.notes.emplace_back(kNumbersNote);
  if (std::ranges::any_of(reproduction.cells, [](const auto& cell) { return cell.run.has_value(); })) {
    std::ranges::copy(RuleNotes(reproduction.rule), std::back_inserter(table.notes));
  }
  return table;
}

}  // namespace vffn
