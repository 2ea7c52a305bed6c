#include "reports/study/study_tables.h"

#include <array>

#include "reports/study/study_columns.h"

namespace vffn {
namespace {

constexpr Unit kMillions = {.per = 1e6, .decimals = 2};

std::optional<double> FirstLoss(const StudyRun& run) {
  const bool evaluated =
      run.training && !run.training->evaluations.empty() && run.training->evaluations.front().step == 0;
  return evaluated ? run.training->evaluations.front().held_out_loss : std::nullopt;
}

}  // namespace

Table StudyLossTable(const Study& study, const StudyTablePlan& plan) {
  std::vector<Column> columns = {{"method", "method"},
                                 {"seeds", "seeds", {}},
                                 {"parameters", "params (M)", {.unit = kMillions}},
                                 {"ffn_flops", "FFN MFLOPs", {.unit = kMillions}},
                                 {"first_loss", "loss at start", Decimals(3)},
                                 {"loss", "held-out loss", kStudyLoss},
                                 {"loss_stderr", " ", kStudyError},
                                 {"bits_per_byte", "bits/byte", kStudyLoss},
                                 {"bits_per_byte_stderr", " ", kStudyError}};
  Extend(columns, DifferenceColumns("- " + plan.baseline, "documents"));
  Table table = StudyTable(plan, "loss", "held-out loss", columns);
  for (const std::string& method : MethodsOf(study, plan)) {
    const auto runs = RunsOf(study, method);
    const auto loss = LossOf(study, method, LossUnit::kNatsPerToken);
    const auto bits = LossOf(study, method, LossUnit::kBitsPerByte);
    Row row = MakeRow("method", method, "seeds", runs.size(), "parameters", runs.front()->parameters,
                      "ffn_flops", MeanOver(runs, [](const StudyRun& run) { return run.ffn_flops; }),
                      "first_loss", MeanOver(runs, FirstLoss), "loss", ValueOf(loss), "loss_stderr",
                      ErrorOf(loss), "bits_per_byte", ValueOf(bits), "bits_per_byte_stderr", ErrorOf(bits));
    Extend(row, DifferenceCells(LossDifference(study, method, plan.baseline, LossUnit::kNatsPerToken)));
    table.AddRow(row);
  }
  table.notes = {
      "Held-out loss: nats a token, mean over seeds; every document is cut into windows of the model's "
      "context.",
      "FFN MFLOPs of one token, by the paper's formula, from the loops that were measured where they are "
      "predicted.",
      "The difference is of the same seed on the same documents. Over documents: standard error, clustered "
      "by "
      "document, for these trained models. SD of seeds: sample standard deviation of the seeds' differences. "
      "95 % over seeds: half width of Student's interval, for models trained again; with three seeds it is "
      "wide."};
  return table;
}

Table StudyRunTable(const Study& study, const StudyTablePlan& plan) {
  std::vector<Column> columns = {{"run", "run"},
                                 {"loss", "held-out loss", kStudyLoss},
                                 {"loss_stderr", " ", kStudyError},
                                 {"bits_per_byte", "bits/byte", kStudyLoss},
                                 {"difference", "- " + plan.baseline, kStudyDifference},
                                 {"difference_stderr", "over documents", kStudyError}};
  Table table = StudyTable(plan, "seeds", "held-out loss of each seed", columns);
  for (const std::string& method : MethodsOf(study, plan)) {
    for (const StudyRun* run : RunsOf(study, method)) {
      if (run->losses.empty()) {
        continue;
      }
      Study alone{.runs = {*run}};
      for (const StudyRun* base : RunsOf(study, plan.baseline)) {
        if (base->seed == run->seed && base != run) {
          alone.runs.push_back(*base);
        }
      }
      const auto difference = LossDifference(alone, method, plan.baseline, LossUnit::kNatsPerToken);
      const LossSummary summary = Summarise(run->losses);
      table.AddRow("run", run->name, "loss", summary.nats_per_token.value, "loss_stderr",
                   summary.nats_per_token.standard_error, "bits_per_byte", ValueOf(summary.bits_per_byte),
                   "difference", ValueOf(difference), "difference_stderr", ErrorOf(difference));
    }
  }
  return table;
}

std::vector<Table> StudyTables(const Study& study) {
  constexpr std::array kTables = {StudyLossTable,   StudyRunTable,   StudyCostTable,   StudyAccuracyTable,
                                  StudyAnswerTable, StudyLayerTable, StudyControlTable};
  std::vector<Table> tables;
  for (const StudyTablePlan& plan : study.tables) {
    for (const auto& make : kTables) {
      Table table = make(study, plan);
      if (!table.rows().empty()) {
        tables.push_back(std::move(table));
      }
    }
  }
  return tables;
}

}  // namespace vffn
