#include "reports/reproduction/cell_table.h"

namespace vffn {
namespace {

constexpr const char* kExecuted = "ffn_mflops_executed";

Unit UnitOf(Quantity quantity) { return {.decimals = quantity == Quantity::kLoss ? 3 : 2}; }

Row RowOf(const Reproduction& reproduction, const ReproductionCell& cell) {
  const Unit unit = UnitOf(cell.quantity);
  const bool tested = cell.verdict != Verdict::kIncomparable;
  const std::optional<Difference>& difference = cell.difference;
  Row row = MakeRow(
      "table", cell.row.table, "scale", cell.row.scale, "row", cell.row.row, "column",
      Cell(cell.column).Shown(ColumnTitle(cell.column)), "published", PublishedNumberCell(cell), "run index",
      cell.run, "ours", OurCell(cell), "stderr", Cell(cell.standard_error).In(unit), "questions",
      cell.documents ? cell.documents : cell.questions, "difference", Cell(cell.delta).In(unit), "low",
      (difference ? Cell(difference->interval) : Cell(std::nullopt)).In(unit), "p",
      difference && tested ? Cell(difference->p) : Cell(), "adjusted_p", cell.adjusted_p, "verdict",
      cell.verdict == Verdict::kNone ? Cell() : Cell(NameOf(cell.verdict)), "note", cell.notes);
  if (cell.run) {
    const MeasuredRun& run = reproduction.runs[*cell.run];
    row.emplace_back("run", Cell(run.name).Shown(run.Label()));
    row.emplace_back("untrained", run.untrained);
  }
  return row;
}

void AddOtherRun(const MeasuredRun& run, Table& table) {
  const auto add = [&](const std::string& column, Cell ours, Cell error, Cell questions, Cell note) {
    table.AddRow("table", "other", "row", run.name, "column", column, "run", run.name, "untrained",
                 run.untrained, "ours", std::move(ours), "stderr", std::move(error), "questions",
                 std::move(questions), "note", std::move(note));
  };
  for (const MeasuredTask& task : run.tasks) {
    const std::optional<double>& error = task.score.standard_error;
    const double scale = task.percent ? 100 : 1;
    add(task.task, scale * task.score.value, error ? Cell(scale * *error) : Cell(), task.docs,
        task.missing > 0 ? Cell("INCOMPLETE: " + std::to_string(task.missing) + " docs missing") : Cell());
  }
  if (run.measured_loss) {
    const LossSummary& loss = run.measured_loss->summary;
    const std::string note = run.measured_loss->text + ", " + run.measured_loss->window;
    add("loss", loss.nats_per_token.value, loss.nats_per_token.standard_error, loss.documents, note);
    if (loss.bits_per_byte) {
      add("bits_per_byte", loss.bits_per_byte->value, loss.bits_per_byte->standard_error, loss.documents,
          note);
    }
  }
  add("parameters_millions", static_cast<double>(run.parameters) / 1e6, {}, {}, {});
  if (const auto executed = run.ExecutedFfnMegaflops()) {
    add(kExecuted, *executed, {}, {}, {});
  }
}

}  // namespace

Table CellTable(const Reproduction& reproduction, const Cells& cells) {
  Table table({{"table"},
               {"scale", "scale"},
               {"row", "method"},
               {"", "run"},
               {"column", "column"},
               {"run", "", kText, ""},
               {"untrained", "", kText, ""},
               {"", "n", kNumber, std::nullopt, "questions"},
               {"published", "published", kNumber},
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
  table.csv_number = "%.6f";
  for (const ReproductionCell* cell : cells) {
    table.AddRow(RowOf(reproduction, *cell));
  }
  return table;
}

Table CellsOfAllRuns(const Reproduction& reproduction) {
  Cells cells;
  for (const ReproductionCell& cell : reproduction.cells) {
    cells.push_back(&cell);
  }
  Table table = CellTable(reproduction, cells);
  for (const size_t run : OtherRuns(reproduction)) {
    AddOtherRun(reproduction.runs[run], table);
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
  Cell printed(Printed{*cell.published});
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
