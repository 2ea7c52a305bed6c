#include "reports/reproduction/reproduction_tables.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/json.h"
#include "reports/reproduction/cell_table.h"
#include "reports/reproduction/run_averages.h"
#include "reports/reproduction/run_tables.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

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

OrderedJson EstimateJson(const std::optional<Estimate>& estimate) {
  return estimate ? OrderedJson{{"value", estimate->value}, {"stderr", JsonOf(estimate->standard_error)}}
                  : OrderedJson();
}

OrderedJson MeasuredLossJson(const MeasuredLoss& loss) {
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

/// An average with the tasks that it is over; null without tasks.
OrderedJson AverageJson(const MeasuredRun& run, const std::vector<std::string>& tasks) {
  OrderedJson average = EstimateJson(AverageOver(run, tasks));
  if (!average.is_null()) {
    average["tasks"] = tasks;
  }
  return average;
}

OrderedJson RunJson(const MeasuredRun& run, const std::vector<std::string>& common_tasks) {
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
      {"model", run.model},
      {"source", run.source},
      {"profile", run.profile},
      {"dtype", run.dtype},
      {"rows", rows},
      {"rows_named", run.rows_named},
      {"parameters", JsonOf(run.parameters)},
      {"executed_ffn_mflops", JsonOf(run.ExecutedFfnMegaflops())},
      {"centred_average", EstimateJson(run.centred ? std::optional(run.centred->estimate) : std::nullopt)},
      {"loss", JsonOf(run.loss)},
      {"measured_loss", run.measured_loss ? MeasuredLossJson(*run.measured_loss) : OrderedJson()},
      {"average_of_common_tasks", AverageJson(run, common_tasks)},
      {"average_of_own_tasks", AverageJson(run, OwnTasks(run))},
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
    tables.push_back(OtherModelsTable(reproduction, others));
  }
  if (Table losses = LossTable(reproduction);
      !losses.rows().empty() && selection.rows != ShownRows::kPublished) {
    tables.push_back(std::move(losses));
  }
  if (!reproduction.runs.empty() && selection.rows != ShownRows::kPublished) {
    tables.push_back(RunsTable(reproduction));
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
  const std::vector<size_t> others = OtherRuns(reproduction);
  const std::vector<std::string> common_tasks = CommonTasks(reproduction, others);
  OrderedJson runs = OrderedJson::array(), losses = OrderedJson::array();
  for (size_t i = 0; i < reproduction.runs.size(); ++i) {
    const bool in_a_row = std::ranges::find(others, i) == others.end();
    runs.push_back(RunJson(reproduction.runs[i], in_a_row ? std::vector<std::string>() : common_tasks));
  }
  for (const LossRun& run : reproduction.loss_runs) {
    losses.push_back(
        {{"name", run.name}, {"untrained", run.untrained}, {"loss", MeasuredLossJson(run.loss)}});
  }
  const std::vector<ReproductionCell> selected = SelectedCells(reproduction, selection);
  Cells cells;
  for (const ReproductionCell& cell : selected) {
    cells.push_back(&cell);
  }
  return {{"rule", {{"alpha", reproduction.rule.alpha}, {"margin", reproduction.rule.margin}}},
          {"runs", runs},
          {"loss_runs", losses},
          {"cells", ToJson(CellTable(reproduction, cells))}};
}

}  // namespace vffn
