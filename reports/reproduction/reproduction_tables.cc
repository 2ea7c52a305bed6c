#include "reports/reproduction/reproduction_tables.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/json.h"
#include "reports/reproduction/cell_table.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

constexpr const char* kRunsTitle = "Runs";

struct TableFacts {
  std::string name, title;
};

const std::vector<TableFacts>& Facts() {
  static const std::vector<TableFacts> facts = {
      {"1", "Table 1. Zero-shot accuracy"},
      {"2", "Table 2. Efficiency"},
      {"3", "Table 3. Components of VersatileFFN"},
      {"4A", "Table 4A. Maximum loops"},
      {"4B", "Table 4B. Experts"},
      {"5", "Table 5. Without continued pre-training"},
      {"figure-3a", "Figure 3a. Experts of the width branch alone"},
      {"figure-3b", "Figure 3b. Maximum loops of the depth branch alone"},
  };
  return facts;
}

bool SameLine(const ReproductionCell& a, const ReproductionCell& b) {
  return a.row == b.row && a.run == b.run;
}

/// The cells of one table, line by line: a line is a row of the paper and a run.
std::vector<Cells> LinesOf(std::span<const ReproductionCell> cells, const std::string& table) {
  std::vector<Cells> lines;
  for (const ReproductionCell& cell : cells) {
    if (cell.row.table != table) {
      continue;
    }
    if (lines.empty() || !SameLine(*lines.back().front(), cell)) {
      lines.emplace_back();
    }
    lines.back().push_back(&cell);
  }
  return lines;
}

/// A row's runs above the published numbers that they are compared with.
Table PaperLayout(const Reproduction& reproduction, const TableFacts& facts, const std::vector<Cells>& lines,
                  ShownRows rows) {
  std::vector<Column> columns = {{"scale", "scale"}, {"method", "method"}, {"source", "source"}};
  for (const ReproductionCell* cell : lines.front()) {
    columns.push_back({cell->column, ColumnTitle(cell->column), kNumber});
  }
  Table table(columns, facts.title);
  for (size_t i = 0; i < lines.size(); ++i) {
    const PaperRow& row = lines[i].front()->row;
    const bool first = i == 0 || lines[i - 1].front()->row != row;
    const bool last = i + 1 == lines.size() || lines[i + 1].front()->row != row;
    if (i > 0 && lines[i - 1].front()->row.scale != row.scale) {
      table.AddRule();
    }
    Row published = MakeRow("source", "published"),
        ours = MakeRow("source", RunLabel(reproduction, *lines[i].front()));
    const bool has_run = lines[i].front()->run.has_value();
    for (Row* named : {first && has_run ? &ours : nullptr, has_run ? nullptr : &published}) {
      if (named != nullptr) {
        named->emplace_back("scale", row.scale);
        named->emplace_back("method", row.row);
      }
    }
    for (const ReproductionCell* cell : lines[i]) {
      published.emplace_back(cell->column, PublishedNumberCell(*cell));
      ours.emplace_back(cell->column, OurCell(*cell).Marked(std::string(MarkOf(cell->verdict))));
    }
    if (has_run) {
      table.AddRow(ours);
    }
    if (last && rows != ShownRows::kOurs) {
      table.AddRow(published);
    }
  }
  return table;
}

std::string Where(const Reproduction& reproduction, const ReproductionCell& cell) {
  std::string where = cell.row.scale + " " + cell.row.row + ", " + ColumnTitle(cell.column);
  return cell.run ? where + " (" + RunLabel(reproduction, cell) + ")" : where;
}

/// Notes, one for all cells of a line that share it.
std::vector<std::string> NotesOf(const Reproduction& reproduction, const std::vector<Cells>& lines) {
  std::vector<std::string> notes;
  for (const Cells& line : lines) {
    std::vector<std::pair<std::string, std::string>> by_text;  // note, columns
    for (const ReproductionCell* cell : line) {
      for (const std::string& note : cell->notes) {
        const auto found = std::ranges::find(by_text, note, &std::pair<std::string, std::string>::first);
        if (found == by_text.end()) {
          by_text.emplace_back(note, Where(reproduction, *cell));
        } else {
          found->second = cell->row.scale + " " + cell->row.row + " (" + RunLabel(reproduction, *cell) + ")";
        }
      }
    }
    for (const auto& [note, where] : by_text) {
      notes.push_back(where + ": " + note);
    }
  }
  return notes;
}

/// The cells that were compared; nothing if none was.
std::optional<Table> Compared(const Reproduction& reproduction, const TableFacts& facts,
                              const std::vector<Cells>& lines) {
  Cells compared;
  for (const Cells& line : lines) {
    std::ranges::copy_if(line, std::back_inserter(compared),
                         [](const ReproductionCell* cell) { return cell->verdict != Verdict::kNone; });
  }
  if (compared.empty()) {
    return std::nullopt;
  }
  Table table = CellTable(reproduction, compared);
  table.title = facts.title + ": ours against published";
  return table;
}

std::vector<std::string> RuleNotes(const VerdictRule& rule) {
  const std::string percent = FixedText(100 * rule.confidence(), 0);
  const std::string margin = FixedText(100 * rule.margin);
  return {
      "accuracies in percent, losses in nats a token, FLOPs of the FFNs for one token; \"-\": there is no "
      "number; #: no whole number of questions gives it",
      "interval: " + percent +
          " % of ours - published, unpaired: the published answers are not known "
          "question by question (Newcombe's for tasks, normal for averages)",
      "= same: every question scored and the printed digits are ours, or the interval lies within ±" +
          margin + " points (losses: " + FixedText(rule.loss_margin, 3) +
          " nats); ! differs: p, adjusted by Holm over the table's tasks, averages or losses, is below " +
          FixedText(rule.alpha) + "; ? cannot tell at this n: neither",
      "~ incomparable: the paper's loss is a training loss on its own corpus, ours is of another text. Its "
      "value, "
      "error and difference are shown; the difference tells nothing about the models, and no p is given"};
}

/// The tasks that other models were scored on, the paper's first.
std::vector<std::string> TasksOf(const Reproduction& reproduction, const std::vector<size_t>& runs) {
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

/// Of the tasks that were scored, without losses.
Cell AverageCell(const MeasuredRun& run) {
  std::vector<Estimate> scores;
  for (const MeasuredTask& task : run.tasks) {
    if (task.counted && task.percent) {
      scores.push_back(task.score);
    }
  }
  if (scores.empty()) {
    return Cell(std::nullopt);
  }
  const std::string tasks = std::to_string(scores.size()) + (scores.size() == 1 ? " task" : " tasks");
  return Cell(AverageOf(scores)).Marked(InParentheses(tasks));
}

Cell TaskCell(const MeasuredTask* task) {
  constexpr Unit kLossUnit = {.decimals = 4};
  return task == nullptr ? Cell(std::nullopt)
                         : Cell(task->score)
                               .Marked(InParentheses(std::to_string(task->docs)))
                               .In(task->percent ? kPercent.unit : kLossUnit);
}

/// The text and window of each model's loss.
void AddLossNotes(const Reproduction& reproduction, const std::vector<size_t>& runs, Table& table) {
  for (const size_t index : runs) {
    if (const MeasuredRun& run = reproduction.runs[index]; run.measured_loss) {
      const MeasuredLoss& loss = *run.measured_loss;
      table.notes.push_back(
          run.Label() + ", loss: " + loss.text + ", " + loss.window +
          (loss.unfinished > 0 ? "; INCOMPLETE, documents that were begun: " + std::to_string(loss.unfinished)
                               : ""));
    }
  }
}

Cell LossCell(const std::optional<Estimate>& estimate) { return Cell(estimate).In({.decimals = 3}); }

/// Rows of the losses that were measured, if there are any.
template <class AddRow>
void AddLosses(const Reproduction& reproduction, const std::vector<size_t>& runs, const AddRow& add) {
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

/// Tasks down, models across.
Table OtherModels(const Reproduction& reproduction, const std::vector<size_t>& others) {
  std::vector<Column> columns = {{"task", "task"}};
  for (const size_t run : others) {
    columns.push_back({std::to_string(run), reproduction.runs[run].Label(), kPercent});
  }
  Table table(columns, "Other models, under their own names: score ± standard error (docs)");
  const auto add = [&](const std::string& name, const auto& value) {
    Row row = MakeRow("task", name);
    for (const size_t run : others) {
      row.emplace_back(std::to_string(run), value(reproduction.runs[run]));
    }
    table.AddRow(row);
  };
  for (const size_t index : others) {
    if (const MeasuredRun& run = reproduction.runs[index]; run.untrained) {
      table.notes.push_back(run.Label() +
                            ": an untrained model (for example, freshly upcycled); its scores show that the "
                            "program runs, not what the architecture can do");
    }
  }
  AddLossNotes(reproduction, others, table);
  for (const std::string& name : TasksOf(reproduction, others)) {
    add(name, [&](const MeasuredRun& run) {
      const MeasuredTask* task = run.FindTask(name);
      if (task != nullptr && task->missing > 0) {
        table.notes.push_back(run.Label() + ", " + name + ": INCOMPLETE, " + std::to_string(task->missing) +
                              " docs missing; those scored are no fair sample");
      }
      return TaskCell(task);
    });
  }
  table.AddRule();
  add("average", AverageCell);
  AddLosses(reproduction, others, add);
  add("parameters (M)", [](const MeasuredRun& run) { return Cell(run.parameters).In({.per = 1e6}); });
  add("executed FFN FLOPs per token (M)",
      [](const MeasuredRun& run) { return Cell(run.ExecutedFfnMegaflops()).In({}); });
  return table;
}

/// Folder and file: the rest of a path is the reader's own.
std::string ShortPath(const std::string& path) {
  const std::filesystem::path file(path);
  return (file.parent_path().filename() / file.filename()).string();
}

Table Runs(const Reproduction& reproduction) {
  Table table({{"run", "run"},
               {"row", "row"},
               {"profile", "profile"},
               {"dtype", "dtype"},
               {"tasks", "tasks", kNumber},
               {"docs", "docs", kNumber},
               {{"centred_average", "centred_average_stderr"}, "average above chance", kPercent},
               {"results", "results"}},
              kRunsTitle);
  for (const MeasuredRun& run : reproduction.runs) {
    int64_t docs = 0, tasks = 0;
    for (const MeasuredTask& task : run.tasks) {
      docs += task.better_form_of ? 0 : task.docs;
      tasks += task.better_form_of ? 0 : 1;
    }
    const bool in_a_row = !run.rows.empty() && (run.rows_named || !run.untrained);
    table.AddRow(
        "run", run.Label(), "row", in_a_row ? run.rows.front().scale + "/" + run.rows.front().row : "-",
        "profile", run.profile, "dtype", run.dtype, "tasks", tasks, "docs", docs, "centred_average",
        run.centred
            ? Cell(run.centred->estimate).Marked(InParentheses(std::to_string(run.centred->tasks) + " tasks"))
            : Cell(std::nullopt),
        "results", ShortPath(run.source));
  }
  table.notes.push_back("average above chance: the mean over tasks of (accuracy - chance) / (1 - chance)");
  std::ranges::copy(RuleNotes(reproduction.rule), std::back_inserter(table.notes));
  return table;
}

OrderedJson EstimateJson(const std::optional<Estimate>& estimate) {
  return estimate ? OrderedJson{{"value", estimate->value}, {"stderr", JsonOf(estimate->standard_error)}}
                  : OrderedJson();
}

OrderedJson MeasuredLossJson(const MeasuredRun& run) {
  if (!run.measured_loss) {
    return nullptr;
  }
  const MeasuredLoss& loss = *run.measured_loss;
  return {{"file", loss.file},
          {"text", loss.text},
          {"window", loss.window},
          {"dtype", loss.dtype},
          {"paper_text", loss.paper_text},
          {"documents", loss.summary.documents},
          {"documents_unfinished", loss.unfinished},
          {"tokens", loss.summary.tokens},
          {"bytes", loss.summary.bytes},
          {"nats_per_token", EstimateJson(loss.summary.nats_per_token)},
          {"bits_per_byte", EstimateJson(loss.summary.bits_per_byte)},
          {"word_perplexity", EstimateJson(loss.summary.word_perplexity)}};
}

OrderedJson RunJson(const MeasuredRun& run) {
  OrderedJson tasks = OrderedJson::object();
  for (const MeasuredTask& task : run.tasks) {
    tasks[task.task] = {{"split", task.split},       {"metric", task.metric},
                        {"docs", task.docs},         {"docs_missing", task.missing},
                        {"value", task.score.value}, {"stderr", JsonOf(task.score.standard_error)}};
  }
  OrderedJson rows = OrderedJson::array();
  for (const PaperRow& row : run.rows) {
    rows.push_back({{"table", row.table}, {"scale", row.scale}, {"row", row.row}});
  }
  return {
      {"name", run.name},
      {"untrained", run.untrained},
      {"source", run.source},
      {"profile", run.profile},
      {"dtype", run.dtype},
      {"rows", rows},
      {"rows_named", run.rows_named},
      {"parameters", JsonOf(run.parameters)},
      {"executed_ffn_mflops", JsonOf(run.ExecutedFfnMegaflops())},
      {"centred_average", EstimateJson(run.centred ? std::optional(run.centred->estimate) : std::nullopt)},
      {"loss", JsonOf(run.loss)},
      {"measured_loss", MeasuredLossJson(run)},
      {"tasks", tasks}};
}

}  // namespace

std::vector<Table> PaperTables(const Reproduction& reproduction, const ReportSelection& selection) {
  std::vector<Table> tables;
  const std::vector<ReproductionCell> cells = SelectedCells(reproduction, selection);
  for (const TableFacts& facts : Facts()) {
    const std::vector<Cells> lines = LinesOf(cells, facts.name);
    if (lines.empty()) {
      continue;
    }
    tables.push_back(PaperLayout(reproduction, facts, lines, selection.rows));
    tables.back().notes = NotesOf(reproduction, lines);
    if (auto compared = Compared(reproduction, facts, lines)) {
      tables.push_back(*std::move(compared));
    }
  }
  return tables;
}

std::vector<Table> RunTables(const Reproduction& reproduction, const ReportSelection& selection) {
  std::vector<Table> tables;
  if (const std::vector<size_t> others = SelectedOtherRuns(reproduction, selection); !others.empty()) {
    tables.push_back(OtherModels(reproduction, others));
  }
  if (!reproduction.runs.empty() && selection.rows != ShownRows::kPublished) {
    tables.push_back(Runs(reproduction));
  }
  return tables;
}

std::string ReproductionText(const Reproduction& reproduction, TableFormat format,
                             const ReportSelection& selection) {
  if (format == TableFormat::kCsv) {
    return ToCsv(CellsOfAllRuns(reproduction, selection));
  }
  std::vector<Table> tables = RunTables(reproduction, selection);
  // One's own models first; what they were compared with; where the runs come from, and the rules, last.
  const auto runs = std::ranges::find(tables, kRunsTitle, &Table::title);
  std::vector<Table> paper = PaperTables(reproduction, selection);
  tables.insert(runs, std::make_move_iterator(paper.begin()), std::make_move_iterator(paper.end()));
  std::string text;
  for (const Table& table : tables) {
    text += (text.empty() ? "" : "\n") + ToText(table, format);
  }
  const std::string left_out = LeftOutNote(reproduction, selection);
  return text + (left_out.empty() ? "" : "\n" + NotesText({left_out}, format));
}

OrderedJson ReproductionJson(const Reproduction& reproduction, const ReportSelection& selection) {
  OrderedJson runs = OrderedJson::array();
  for (const MeasuredRun& run : reproduction.runs) {
    runs.push_back(RunJson(run));
  }
  const std::vector<ReproductionCell> selected = SelectedCells(reproduction, selection);
  Cells cells;
  for (const ReproductionCell& cell : selected) {
    cells.push_back(&cell);
  }
  return {{"rule", {{"alpha", reproduction.rule.alpha}, {"margin", reproduction.rule.margin}}},
          {"runs", runs},
          {"cells", ToJson(CellTable(reproduction, cells))}};
}

}  // namespace vffn
