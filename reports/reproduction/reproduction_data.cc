#include "reports/reproduction/reproduction_data.h"

#include "reports/tables/number_text.h"
#include "reports/tables/text_table.h"

namespace vffn {
namespace {

std::string CsvNumber(const std::optional<double>& value) { return value ? FixedText(*value, 6) : ""; }

std::string Joined(const std::vector<std::string>& notes) {
  std::string joined;
  for (const std::string& note : notes) {
    joined.append(joined.empty() ? "" : "; ").append(note);
  }
  return joined;
}

void AddOthersToCsv(const Reproduction& reproduction, TextTable& table) {
  for (const size_t index : OtherRuns(reproduction)) {
    const MeasuredRun& run = reproduction.runs[index];
    const auto add = [&](const std::string& column, double ours, const std::optional<double>& error,
                         const std::string& questions, const std::string& note) {
      table.AddRow({"other", "", run.name, column, run.name, run.untrained ? "true" : "false", "",
                    FixedText(ours, 6), CsvNumber(error), questions, "", "", "", "", "", "", note});
    };
    for (const MeasuredTask& task : run.tasks) {
      const auto error =
          task.score.standard_error ? std::optional(100 * *task.score.standard_error) : std::nullopt;
      add(task.task, 100 * task.score.value, error, std::to_string(task.docs),
          task.missing > 0 ? "INCOMPLETE: " + std::to_string(task.missing) + " docs missing" : "");
    }
    add("parameters_millions", static_cast<double>(run.parameters) / 1e6, std::nullopt, "", "");
    if (const auto executed = run.ExecutedFfnMegaflops()) {
      add("ffn_mflops_executed", *executed, std::nullopt, "", "");
    }
  }
}

OrderedJson RunJson(const MeasuredRun& run) {
  OrderedJson tasks = OrderedJson::object();
  for (const MeasuredTask& task : run.tasks) {
    tasks[task.task] = {{"split", task.split},       {"metric", task.metric},
                        {"docs", task.docs},         {"docs_missing", task.missing},
                        {"value", task.score.value}, {"stderr", ToJsonOrNull(task.score.standard_error)}};
  }
  OrderedJson rows = OrderedJson::array();
  for (const PaperRow& row : run.rows) {
    rows.push_back({{"table", row.table}, {"scale", row.scale}, {"row", row.row}});
  }
  return {{"name", run.name},
          {"untrained", run.untrained},
          {"source", run.source},
          {"profile", run.profile},
          {"dtype", run.dtype},
          {"rows", rows},
          {"rows_named", run.rows_named},
          {"parameters", run.parameters},
          {"executed_ffn_mflops", ToJsonOrNull(run.ExecutedFfnMegaflops())},
          {"loss", ToJsonOrNull(run.loss)},
          {"tasks", tasks}};
}

OrderedJson CellJson(const ReproductionCell& cell) {
  return {
      {"table", cell.row.table},
      {"scale", cell.row.scale},
      {"row", cell.row.row},
      {"column", cell.column},
      {"published", ToJsonOrNull(cell.published)},
      {"run", ToJsonOrNull(cell.run)},
      {"ours", ToJsonOrNull(cell.ours)},
      {"stderr", ToJsonOrNull(cell.standard_error)},
      {"questions", ToJsonOrNull(cell.questions)},
      {"difference", ToJsonOrNull(cell.delta)},
      {"interval", ToJson(cell.difference ? std::optional(cell.difference->interval) : std::nullopt)},
      {"p", cell.difference ? OrderedJson(cell.difference->p) : OrderedJson(nullptr)},
      {"adjusted_p", ToJsonOrNull(cell.adjusted_p)},
      {"verdict", cell.verdict == Verdict::kNone ? OrderedJson(nullptr) : OrderedJson(NameOf(cell.verdict))},
      {"notes", cell.notes}};
}

}  // namespace

std::string ReproductionCsv(const Reproduction& reproduction) {
  TextTable table({{"table"},
                   {"scale"},
                   {"row"},
                   {"column"},
                   {"run"},
                   {"untrained"},
                   {"published"},
                   {"ours"},
                   {"stderr"},
                   {"questions"},
                   {"difference"},
                   {"low"},
                   {"high"},
                   {"p"},
                   {"adjusted_p"},
                   {"verdict"},
                   {"note"}});
  for (const ReproductionCell& cell : reproduction.cells) {
    const MeasuredRun* run = cell.run ? &reproduction.runs[*cell.run] : nullptr;
    const auto of_difference = [&](auto value) {
      return cell.difference ? FixedText(value(*cell.difference), 6) : "";
    };
    table.AddRow(
        {cell.row.table, cell.row.scale, cell.row.row, cell.column, run ? run->name : "",
         run ? (run->untrained ? "true" : "false") : "", cell.published.value_or(""), CsvNumber(cell.ours),
         CsvNumber(cell.standard_error), cell.questions ? std::to_string(*cell.questions) : "",
         CsvNumber(cell.delta), of_difference([](const Difference& d) { return d.interval.low; }),
         of_difference([](const Difference& d) { return d.interval.high; }),
         of_difference([](const Difference& d) { return d.p; }), CsvNumber(cell.adjusted_p),
         cell.verdict == Verdict::kNone ? "" : std::string(NameOf(cell.verdict)), Joined(cell.notes)});
  }
  AddOthersToCsv(reproduction, table);
  return table.ToCsv();
}

OrderedJson ReproductionJson(const Reproduction& reproduction) {
  OrderedJson runs = OrderedJson::array();
  for (const MeasuredRun& run : reproduction.runs) {
    runs.push_back(RunJson(run));
  }
  OrderedJson cells = OrderedJson::array();
  for (const ReproductionCell& cell : reproduction.cells) {
    cells.push_back(CellJson(cell));
  }
  return {{"rule", {{"alpha", reproduction.rule.alpha}, {"margin", reproduction.rule.margin}}},
          {"runs", runs},
          {"cells", cells}};
}

}  // namespace vffn
