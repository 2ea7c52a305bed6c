#include "reports/reproduction/reproduction_tables.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "reports/reproduction/reproduction_data.h"
#include "reports/tables/number_text.h"
#include "tasks/task.h"

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

int DecimalsOf(Quantity quantity) { return quantity == Quantity::kLoss ? 3 : 2; }

std::string ColumnTitle(const std::string& column) {
  if (column == "parameters_millions") {
    return "params (M)";
  }
  if (column == "ffn_mflops") {
    return "FFN FLOPs (M)";
  }
  return column == "ffn_mflops_executed" ? "executed (M)" : column;
}

bool SameLine(const ReproductionCell& a, const ReproductionCell& b) {
  return a.row == b.row && a.run == b.run;
}

using Cells = std::vector<const ReproductionCell*>;

/// The cells of one table, line by line: a line is a row of the paper and a run.
std::vector<Cells> LinesOf(const Reproduction& reproduction, const std::string& table) {
  std::vector<Cells> lines;
  for (const ReproductionCell& cell : reproduction.cells) {
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

std::string PublishedText(const ReproductionCell& cell) {
  if (!cell.published || cell.column == "ffn_mflops_executed") {
    return "-";
  }
  const bool impossible = std::ranges::any_of(
      cell.notes, [](const std::string& note) { return note.find("no whole number") != std::string::npos; });
  return *cell.published + (impossible ? " #" : "");
}

std::string OursText(const ReproductionCell& cell) {
  if (!cell.ours) {
    return "-";
  }
  std::string text = FixedText(*cell.ours, DecimalsOf(cell.quantity));
  if (const std::string_view mark = MarkOf(cell.verdict); !mark.empty()) {
    text.append(1, ' ').append(mark);
  }
  return text;
}

std::string RunName(const Reproduction& reproduction, const ReproductionCell& cell) {
  return cell.run ? reproduction.runs[*cell.run].Label() : "";
}

TitledTable PaperLayout(const Reproduction& reproduction, const TableFacts& facts,
                        const std::vector<Cells>& lines) {
  std::vector<TextTable::Column> columns = {{"scale"}, {"method"}, {"source"}};
  for (const ReproductionCell* cell : lines.front()) {
    columns.push_back({ColumnTitle(cell->column), Align::kRight});
  }
  TitledTable titled{facts.title, TextTable(columns), {}, /*of_paper=*/true};
  for (size_t i = 0; i < lines.size(); ++i) {
    const PaperRow& row = lines[i].front()->row;
    const bool first = i == 0 || lines[i - 1].front()->row != row;
    if (i > 0 && lines[i - 1].front()->row.scale != row.scale) {
      titled.table.AddRule();
    }
    if (first) {
      std::vector<std::string> published = {row.scale, row.row, "published"};
      for (const ReproductionCell* cell : lines[i]) {
        published.push_back(PublishedText(*cell));
      }
      titled.table.AddRow(std::move(published));
    }
    if (lines[i].front()->run) {
      std::vector<std::string> ours = {"", "", RunName(reproduction, *lines[i].front())};
      for (const ReproductionCell* cell : lines[i]) {
        ours.push_back(OursText(*cell));
      }
      titled.table.AddRow(std::move(ours));
    }
  }
  return titled;
}

std::string Where(const Reproduction& reproduction, const ReproductionCell& cell) {
  std::string where = cell.row.scale + " " + cell.row.row + ", " + ColumnTitle(cell.column);
  return cell.run ? where + " (" + RunName(reproduction, cell) + ")" : where;
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
          found->second = cell->row.scale + " " + cell->row.row + " (" + RunName(reproduction, *cell) + ")";
        }
      }
    }
    for (const auto& [note, where] : by_text) {
      notes.push_back(where + ": " + note);
    }
  }
  return notes;
}

/// What was compared, cell by cell; nothing if nothing was.
std::optional<TitledTable> Compared(const Reproduction& reproduction, const TableFacts& facts,
                                    const std::vector<Cells>& lines) {
  TitledTable titled{facts.title + ": ours against published",
                     TextTable({{"scale"},
                                {"method"},
                                {"run"},
                                {"column"},
                                {"n", Align::kRight},
                                {"published", Align::kRight},
                                {"ours", Align::kRight},
                                {"± stderr", Align::kRight},
                                {"difference", Align::kRight},
                                {"interval", Align::kRight},
                                {"adjusted p", Align::kRight},
                                {"verdict"}}),
                     {},
                     /*of_paper=*/true};
  bool any = false;
  for (const Cells& line : lines) {
    for (const ReproductionCell* cell : line) {
      if (cell->verdict == Verdict::kNone) {
        continue;
      }
      any = true;
      const int decimals = DecimalsOf(cell->quantity);
      titled.table.AddRow(
          {cell->row.scale, cell->row.row, RunName(reproduction, *cell), ColumnTitle(cell->column),
           CountText(cell->questions), PublishedText(*cell), FixedText(cell->ours, decimals),
           FixedText(cell->standard_error, decimals), SignedText(*cell->delta, decimals),
           IntervalText(cell->difference ? std::optional(cell->difference->interval) : std::nullopt, 1,
                        decimals),
           ProbabilityText(cell->adjusted_p), std::string(NameOf(cell->verdict))});
    }
  }
  return any ? std::optional(titled) : std::nullopt;
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
          margin + " points; ! differs: p, adjusted by Holm over the table's tasks or averages, is below " +
          FixedText(rule.alpha) + "; ? cannot tell at this n: neither"};
}

/// The tasks that other models were scored on, the eight first.
std::vector<std::string> TasksOf(const Reproduction& reproduction, const std::vector<size_t>& runs) {
  std::vector<std::string> names;
  for (const Task& task : Tasks()) {
    names.emplace_back(task.facts.name);
  }
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

std::string ScoreText(const Estimate& score) {
  return FixedText(100 * score.value) +
         (score.standard_error ? " ± " + FixedText(100 * *score.standard_error) : "");
}

/// Of the tasks that were scored.
Estimate AverageOfTasks(const MeasuredRun& run) {
  std::vector<Estimate> scores;
  for (const MeasuredTask& task : run.tasks) {
    scores.push_back(task.score);
  }
  return AverageOf(scores);
}

/// Tasks down, models across.
TitledTable OtherModels(const Reproduction& reproduction, const std::vector<size_t>& others) {
  std::vector<TextTable::Column> columns = {{"task"}};
  std::vector<std::string> averages = {"average"}, parameters = {"parameters (M)"},
                           executed = {"executed FFN FLOPs per token (M)"};
  TitledTable titled{"Other models, under their own names: score ± standard error (docs)", TextTable({}), {}};
  for (const size_t index : others) {
    const MeasuredRun& run = reproduction.runs[index];
    columns.push_back({run.Label(), Align::kRight});
    const std::string tasks = std::to_string(run.tasks.size()) + (run.tasks.size() == 1 ? " task" : " tasks");
    averages.push_back(ScoreText(AverageOfTasks(run)) + " (" + tasks + ")");
    parameters.push_back(FixedText(static_cast<double>(run.parameters) / 1e6));
    executed.push_back(FixedText(run.ExecutedFfnMegaflops()));
    if (run.untrained) {
      titled.notes.push_back(run.Label() +
                             ": its weights never were trained as they stand; its scores show that the "
                             "program runs, not what the architecture can do");
    }
  }
  titled.table = TextTable(columns);
  for (const std::string& name : TasksOf(reproduction, others)) {
    std::vector<std::string> cells = {name};
    for (const size_t index : others) {
      const MeasuredRun& run = reproduction.runs[index];
      const MeasuredTask* task = run.FindTask(name);
      cells.push_back(task == nullptr ? "-"
                                      : ScoreText(task->score) + " (" + std::to_string(task->docs) + ")");
      if (task != nullptr && task->missing > 0) {
        titled.notes.push_back(run.Label() + ", " + name + ": INCOMPLETE, " + std::to_string(task->missing) +
                               " docs missing; those scored are no fair sample");
      }
    }
    titled.table.AddRow(std::move(cells));
  }
  titled.table.AddRule();
  for (std::vector<std::string>* row : {&averages, &parameters, &executed}) {
    titled.table.AddRow(std::move(*row));
  }
  return titled;
}

/// Folder and file: the rest of a path is the reader's own.
std::string ShortPath(const std::string& path) {
  const std::filesystem::path file(path);
  return (file.parent_path().filename() / file.filename()).string();
}

TitledTable Runs(const Reproduction& reproduction) {
  TitledTable titled{"Runs",
                     TextTable({{"run"},
                                {"row"},
                                {"profile"},
                                {"dtype"},
                                {"tasks", Align::kRight},
                                {"docs", Align::kRight},
                                {"results"}}),
                     {}};
  for (const MeasuredRun& run : reproduction.runs) {
    int64_t docs = 0;
    for (const MeasuredTask& task : run.tasks) {
      docs += task.docs;
    }
    const bool in_a_row = !run.rows.empty() && (run.rows_named || !run.untrained);
    titled.table.AddRow({run.Label(), in_a_row ? run.rows.front().scale + "/" + run.rows.front().row : "-",
                         run.profile, run.dtype, std::to_string(run.tasks.size()), std::to_string(docs),
                         ShortPath(run.source)});
  }
  return titled;
}

}  // namespace

std::vector<TitledTable> ReproductionTables(const Reproduction& reproduction) {
  std::vector<TitledTable> tables;
  for (const TableFacts& facts : Facts()) {
    const std::vector<Cells> lines = LinesOf(reproduction, facts.name);
    if (lines.empty()) {
      continue;
    }
    tables.push_back(PaperLayout(reproduction, facts, lines));
    tables.back().notes = NotesOf(reproduction, lines);
    if (auto compared = Compared(reproduction, facts, lines)) {
      tables.push_back(*std::move(compared));
    }
  }
  if (const std::vector<size_t> others = OtherRuns(reproduction); !others.empty()) {
    tables.push_back(OtherModels(reproduction, others));
  }
  if (!reproduction.runs.empty()) {
    tables.push_back(Runs(reproduction));
    tables.back().notes = RuleNotes(reproduction.rule);
  }
  return tables;
}

std::string ReproductionText(const Reproduction& reproduction, TableFormat format) {
  if (format == TableFormat::kCsv) {
    return ReproductionCsv(reproduction);
  }
  std::string text;
  for (const TitledTable& titled : ReproductionTables(reproduction)) {
    if (!text.empty()) {
      text += "\n";
    }
    text.append(TitleText(titled.title, format)).append(titled.table.ToText(format));
    if (const std::string notes = NotesText(titled.notes, format); !notes.empty()) {
      text.append("\n").append(notes);
    }
  }
  return text;
}

}  // namespace vffn
