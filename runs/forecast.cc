#include "runs/forecast.h"

#include <algorithm>

#include "eval/plan_share.h"
#include "runs/evaluation.h"
#include "runs/folders/run_removal.h"

namespace vffn {

TaskForecast& RunForecast::Find(const std::string& name) {
  const auto found = std::ranges::find(tasks, name, &TaskForecast::name);
  return found == tasks.end() ? tasks.emplace_back(TaskForecast{.name = name}) : *found;
}

void AddWork(const DocCost& cost, std::span<const RequestDoc> docs, TaskForecast& task,
             RunForecast& forecast) {
  if (!docs.empty()) {
    task.tokens += cost.SizeOf(docs).tokens;
    forecast.flops += static_cast<double>(cost.Of(docs));
  }
}

RunForecast ForecastOf(const Evaluation& evaluation) {
  CheckOutput(evaluation);
  const EvaluationOptions& options = evaluation.options;
  const RunFolder folder = evaluation.folder();
  const LedgerContents before =
      options.resume && folder.HasLedger() ? ReadLedger(folder.ledger()) : LedgerContents();
  const DocCost cost(evaluation.checkpoint->config());
  RunForecast forecast;
  for (const TaskRun& run : evaluation.plan.tasks) {
    TaskForecast& task = forecast.tasks.emplace_back(TaskForecast{.name = run.name});
    std::vector<RequestDoc> left;
    for (const RequestDoc& doc : run.requests) {
      ++task.docs;
      task.requests += static_cast<int64_t>(doc.requests.size());
      if (before.FindDoc(run.name, doc.doc_id) != nullptr) {
        ++task.done;
      } else {
        left.push_back(doc);
      }
    }
    AddWork(cost, left, task, forecast);
  }
  forecast.files = {folder.ledger(), folder.results("DATE")};
  if (options.log_samples) {
    for (const TaskRun& run : evaluation.plan.tasks) {
      forecast.files.push_back(folder.samples(run.name, "DATE"));
    }
  }
  if (!options.trace.folder.empty()) {
    forecast.files.emplace_back(options.trace.folder);
  }
  if (options.overwrite) {
    forecast.removed = EvaluationFiles(folder, options.trace.folder);
  }
  return forecast;
}

}  // namespace vffn
