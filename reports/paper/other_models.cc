#include "reports/paper/other_models.h"

#include <algorithm>
#include <functional>

#include "reports/paper/paper_captions.h"
#include "reports/paper/paper_cells.h"
#include "reports/reproduction/run_averages.h"
#include "reports/tables/latex_text.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

/// The paper's tasks first. Of a task in two forms the better one.
std::vector<std::string> TasksOf(const Reproduction& reproduction, const std::vector<size_t>& runs) {
  std::vector<std::string> names = reproduction.tasks;
  for (const size_t run : runs) {
    for (const MeasuredTask& task : reproduction.runs[run].tasks) {
      if (task.counted || !task.percent) {
        AddOnce(task.better_form_of && !task.better_form_of->empty() ? *task.better_form_of : task.task,
                names);
      }
    }
  }
  std::erase_if(names, [&](const std::string& name) {
    return std::ranges::none_of(runs, [&](size_t run) { return reproduction.runs[run].FindTask(name); });
  });
  return names;
}

Better BetterOfTask(const Reproduction& reproduction, const std::vector<size_t>& runs,
                    const std::string& name) {
  for (const size_t run : runs) {
    if (const MeasuredTask* task = reproduction.runs[run].FindTask(name)) {
      return task->percent ? Better::kHigher : Better::kLower;
    }
  }
  return Better::kUnmarked;
}

/// Under its name, one line for each run that is no row of the paper.
class OtherTable {
 public:
  OtherTable(const Reproduction& reproduction, const std::vector<size_t>& runs, std::string subject,
             std::string label)
      : reproduction_(reproduction), runs_(runs) {
    table_ = {.name_title = "Model", .groups = {{{}}}, .label = std::move(label)};
    facts_.subject = std::move(subject);
    for (const size_t run : runs) {
      const MeasuredRun& measured = reproduction.runs[run];
      table_.groups[0][0].lines.push_back({.name = measured.Label(), .kind = KindOf(measured)});
      facts_.AddRun(measured);
    }
  }

  void Add(const std::string& title, Better better, bool may_go,
           const std::function<PaperCell(const MeasuredRun&)>& cell) {
    table_.columns.push_back({title, better});
    may_go_.push_back(may_go);
    for (size_t i = 0; i < runs_.size(); ++i) {
      table_.groups[0][0].lines[i].cells.push_back(cell(reproduction_.runs[runs_[i]]));
    }
  }

  void AddAverage(const std::vector<std::string>& tasks, bool errors) {
    if (tasks.empty()) {
      return;
    }
    Add(ShortColumnName("average"), Better::kHigher, false,
        [&](const MeasuredRun& run) { return PaperCellOfAverage(run, tasks, errors); });
    facts_.average =
        "unweighted mean of the accuracies (\\%) on the tasks that all models have, " + ListedTasks(tasks);
  }

  PaperTable Finished() && {
    DropEmptyColumns(may_go_, table_);
    table_.caption = CaptionOf(std::move(facts_), reproduction_.rule, table_);
    return std::move(table_);
  }

 private:
  const Reproduction& reproduction_;
  const std::vector<size_t>& runs_;
  PaperTable table_;
  CaptionFacts facts_;
  std::vector<bool> may_go_;
};

}  // namespace

PaperTable OtherScores(const Reproduction& reproduction, const std::vector<size_t>& runs, bool errors) {
  const bool losses = std::ranges::any_of(
      runs, [&](size_t run) { return reproduction.runs[run].loss || reproduction.runs[run].measured_loss; });
  OtherTable table(reproduction, runs,
                   std::string("Accuracy (\\%)") + (losses ? "; losses in nats per token" : ""),
                   "tab:other-models");
  table.Add(ShortColumnName("loss"), Better::kLower, true,
            [&](const MeasuredRun& run) { return PaperCellOfLoss(run, errors); });
  for (const std::string& name : TasksOf(reproduction, runs)) {
    table.Add(ShortColumnName(name), BetterOfTask(reproduction, runs, name), false,
              [&](const MeasuredRun& run) { return PaperCellOfTask(run, name, errors); });
  }
  table.AddAverage(CommonTasks(reproduction, runs), errors);
  return std::move(table).Finished();
}

PaperTable OtherCosts(const Reproduction& reproduction, const std::vector<size_t>& runs, bool errors) {
  OtherTable table(reproduction, runs,
                   "Average accuracy (\\%), parameters, and executed FLOPs of the FFNs for one token",
                   "tab:other-models-cost");
  table.AddAverage(CommonTasks(reproduction, runs), errors);
  table.Add(ShortColumnName("parameters_millions"), Better::kUnmarked, true, [](const MeasuredRun& run) {
    return run.parameters ? PaperCell{.number = FixedText(static_cast<double>(*run.parameters) / 1e6)}
                          : PaperCell{};
  });
  table.Add(ShortColumnName("ffn_mflops"), Better::kUnmarked, true, [](const MeasuredRun& run) {
    const auto executed = run.ExecutedFfnMegaflops();
    return executed ? PaperCell{.number = FixedText(*executed)} : PaperCell{};
  });
  return std::move(table).Finished();
}

}  // namespace vffn
