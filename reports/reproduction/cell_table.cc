#include "reports/reproduction/cell_table.h"

#include "base/error.h"
#include "reports/reproduction/run_averages.h"
#include "reports/tables/accuracy_cells.h"

namespace vffn {
namespace {

constexpr const char* kExecuted = "ffn_mflops_executed";

Unit UnitOf(Quantity quantity) {
  return {.scale = PrintedScale(quantity), .decimals = quantity == Quantity::kLoss ? 3 : 2};
}

/// The unit of the numbers in CSV and JSON.
const char* UnitName(Quantity quantity) {
  switch (quantity) {
    case Quantity::kTask:
    case Quantity::kAverage:
      return "fraction";
    case Quantity::kLoss:
      return "nats per token";
    case Quantity::kParameters:
      return "millions";
    case Quantity::kFlops:
      return "megaflops";
  }
  Fail("a quantity of number ", static_cast<int>(quantity));
}

/// An interval for an accuracy that does not vary.
Cell ErrorOf(const ReproductionCell& cell) {
  const bool accuracy = cell.quantity == Quantity::kTask && cell.ours && cell.questions;
  return accuracy ? AccuracyErrorCell({*cell.ours, cell.standard_error}, *cell.questions)
                  : Cell(cell.standard_error).In(UnitOf(cell.quantity));
}

Cell TaskOf(const ReproductionCell& cell) {
  return cell.quantity == Quantity::kTask ? Cell(cell.column) : Cell();
}

Row RowOf(const Reproduction& reproduction, const ReproductionCell& cell) {
  const Unit unit = UnitOf(cell.quantity);
  const bool tested = cell.verdict != Verdict::kIncomparable;
  const std::optional<Difference>& difference = cell.difference;
  Row row = MakeRow(
      "table", cell.row.table, "scale", cell.row.scale, "row", cell.row.row, "column",
      Cell(cell.column).Shown(ColumnTitle(cell.column)), "task", TaskOf(cell), "unit",
      UnitName(cell.quantity), "published", PublishedNumberCell(cell), "published_text", Cell(cell.published),
      "run index", cell.run, "ours", OurCell(cell), "stderr", ErrorOf(cell), "questions",
      cell.documents ? cell.documents : cell.questions, "difference", Cell(cell.delta).In(unit), "low",
      (difference ? Cell(difference->interval) : Cell(std::nullopt)).In(unit), "p",
      difference && tested ? Cell(difference->p) : Cell(), "adjusted_p", cell.adjusted_p, "verdict",
      cell.verdict == Verdict::kNone ? Cell() : Cell(NameOf(cell.verdict)), "note", cell.notes);
  if (cell.run) {
    const MeasuredRun& run = reproduction.runs[*cell.run];
    row.emplace_back("run", Cell(run.name).Shown(run.Label()));
    row.emplace_back("untrained", run.untrained);
    row.emplace_back("profile", run.profile);
    row.emplace_back("dtype", run.dtype);
    const MeasuredTask* task = cell.quantity == Quantity::kTask ? run.FindTask(cell.column) : nullptr;
    row.emplace_back("metric", task == nullptr ? Cell() : Cell(task->metric));
  }
  return row;
}

/// The rows of what is no row of the paper.
class OtherRows {
 public:
  OtherRows(const std::string& name, bool untrained, const std::string& dtype, Table& table)
      : name_(name), dtype_(dtype), untrained_(untrained), table_(table) {}

  /// `more` are columns that not all rows have.
  void Add(const std::string& column, const char* unit, double ours, const Row& more = {}) {
    Row row = MakeRow("table", "other", "row", name_, "column", column, "unit", unit, "run", name_,
                      "untrained", untrained_, "dtype", dtype_, "ours", ours);
    row.insert(row.end(), more.begin(), more.end());
    table_.AddRow(row);
  }

  void AddLoss(const MeasuredLoss& loss) {
    const auto add = [&](const char* column, const char* unit, const Estimate& estimate) {
      Add(column, unit, estimate.value,
          MakeRow("stderr", estimate.standard_error, "questions", loss.summary.documents, "note",
                  loss.text + ", " + loss.window));
    };
    add("loss", "nats per token", loss.summary.nats_per_token);
    if (loss.summary.bits_per_byte) {
      add("bits_per_byte", "bits per byte", *loss.summary.bits_per_byte);
    }
  }

 private:
  const std::string &name_, &dtype_;
  bool untrained_;
  Table& table_;
};

/// An average, with the tasks that it is over.
void AddAverage(const char* column, const MeasuredRun& run, const std::vector<std::string>& tasks,
                OtherRows& rows) {
  if (const auto average = AverageOver(run, tasks)) {
    rows.Add(column, "fraction", average->value,
             MakeRow("profile", run.profile, "stderr", average->standard_error, "note", tasks));
  }
}

void AddOtherRun(const MeasuredRun& run, const std::vector<std::string>& common_tasks, Table& table) {
  OtherRows rows(run.name, run.untrained, run.dtype, table);
  for (const MeasuredTask& task : run.tasks) {
    const Cell note =
        task.missing > 0 ? Cell("INCOMPLETE: " + std::to_string(task.missing) + " docs missing") : Cell();
    rows.Add(task.task, task.percent ? "fraction" : task.metric.c_str(), task.score.value,
             MakeRow("task", task.task, "profile", run.profile, "metric", task.metric, "stderr",
                     task.score.standard_error, "questions", task.docs, "note", note));
  }
  AddAverage("average_of_common_tasks", run, common_tasks, rows);
  AddAverage("average_of_own_tasks", run, OwnTasks(run), rows);
  if (run.measured_loss) {
    rows.AddLoss(*run.measured_loss);
  }
  if (run.parameters) {
    rows.Add("parameters_millions", "millions", static_cast<double>(*run.parameters) / 1e6);
  }
  if (const auto executed = run.ExecutedFfnMegaflops()) {
    rows.Add(kExecuted, "megaflops", *executed);
  }
}

}  // namespace

Table CellTable(const Reproduction& reproduction, const Cells& cells) {
  Table table({{"table"},
               {"scale", "scale"},
               {"row", "method"},
               {"", "run"},
               {"column", "column"},
               {"task"},
               {"unit"},
               {"run", "", kText, ""},
               {"untrained", "", kText, ""},
               {"profile"},
               {"dtype"},
               {"metric"},
               {"", "n", kNumber, std::nullopt, "questions"},
               {"published", "published", kNumber},
               {"published_text"},
               {"", "", kText, "run", "run index"},
               {"ours", "ours", kNumber},
               {"stderr", "± stderr", kNumber},
               {"questions"},
               {"difference", "difference", kSigned},
               {{"low", "high"}, "interval", kSigned, "interval"},
               {"p"},
               {"adjusted_p", "adjusted p", kProbability},
               {"verdict", "verdict"},
               {"note", "", kText, "notes"}});
  for (const ReproductionCell* cell : cells) {
    table.AddRow(RowOf(reproduction, *cell));
  }
  return table;
}

Table CellsOfAllRuns(const Reproduction& reproduction, const ReportSelection& selection) {
  const std::vector<ReproductionCell> selected = SelectedCells(reproduction, selection);
  Cells cells;
  for (const ReproductionCell& cell : selected) {
    cells.push_back(&cell);
  }
  Table table = CellTable(reproduction, cells);
  const std::vector<size_t> others = SelectedOtherRuns(reproduction, selection);
  const std::vector<std::string> common_tasks = CommonTasks(reproduction, others);
  for (const size_t run : others) {
    AddOtherRun(reproduction.runs[run], common_tasks, table);
  }
  for (const LossRun& run : reproduction.loss_runs) {
    OtherRows(run.name, run.untrained, run.loss.dtype, table).AddLoss(run.loss);
  }
  return table;
}

std::string ColumnTitle(const std::string& column) {
  if (column == "parameters_millions") {
    return "params (M)";
  }
  if (column == "ffn_mflops") {
    return "FFN FLOPs (M)";
  }
  return column == kExecuted ? "executed (M)" : column;
}

Cell PublishedNumberCell(const ReproductionCell& cell) {
  if (!cell.published) {
    return std::nullopt;
  }
  Cell printed = Cell(cell.published_value).In(UnitOf(cell.quantity)).Shown(*cell.published);
  if (cell.column == kExecuted) {
    return std::move(printed).Shown("-");  // that of the formula, which people see beside it
  }
  return std::move(printed).Marked(cell.impossible ? "#" : "");
}

Cell OurCell(const ReproductionCell& cell) { return Cell(cell.ours).In(UnitOf(cell.quantity)); }

std::string RunLabel(const Reproduction& reproduction, const ReproductionCell& cell) {
  return cell.run ? reproduction.runs[*cell.run].Label() : "";
}

}  // namespace vffn
