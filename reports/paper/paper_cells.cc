#include "reports/paper/paper_cells.h"

#include <algorithm>

#include "analysis/wilson.h"
#include "reports/paper/paper_captions.h"
#include "reports/reproduction/run_averages.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

constexpr const char* kTrainingLoss = "training loss";

int DecimalsOf(Quantity quantity) { return quantity == Quantity::kLoss ? 3 : 2; }

std::string Joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) {
    text.append(text.empty() ? "" : "|").append(part);
  }
  return text;
}

/// Which losses are of the same thing.
std::string LossKey(const MeasuredRun& run) {
  if (run.loss) {
    return kTrainingLoss;
  }
  const MeasuredLoss& loss = *run.measured_loss;
  return loss.unfinished > 0 ? "" : loss.paper_text ? kTrainingLoss : Joined({loss.text, loss.window});
}

std::string TaskKey(const std::string& profile, const std::string& split, int64_t docs) {
  return Joined({profile, split, std::to_string(docs)});
}

std::string PublishedKey(const ReproductionCell& cell, std::span<const std::string> tasks) {
  constexpr const char* kProfile = "olmo";
  if (cell.quantity == Quantity::kLoss) {
    return kTrainingLoss;
  }
  if (cell.quantity == Quantity::kAverage) {
    int64_t questions = 0;
    for (const std::string& task : tasks) {
      const TaskFacts* facts = FindTaskFacts(task);
      questions += facts == nullptr ? 0 : facts->doc_count;
    }
    return TaskKey(kProfile, "average", questions);
  }
  const TaskFacts* facts = FindTaskFacts(cell.column);
  return facts == nullptr ? "published" : TaskKey(kProfile, std::string(facts->split), facts->doc_count);
}

/// Empty for a number that is not ranked.
std::string OurKey(const ReproductionCell& cell, const MeasuredRun& run, std::span<const std::string> tasks) {
  if (run.untrained) {
    return "";
  }
  if (cell.quantity == Quantity::kLoss) {
    return LossKey(run);
  }
  if (cell.quantity == Quantity::kTask) {
    const MeasuredTask* task = run.FindTask(cell.column);
    return task == nullptr || task->missing > 0 ? "" : TaskKey(run.profile, task->split, task->docs);
  }
  const bool complete = std::ranges::all_of(tasks, [&](const std::string& name) {
    const MeasuredTask* task = run.FindTask(name);
    return task != nullptr && task->missing == 0;
  });
  return complete && cell.questions ? TaskKey(run.profile, "average", *cell.questions) : "";
}

/// Of averages: what was scored on each task.
std::string AverageKey(const MeasuredRun& run, std::span<const std::string> tasks) {
  std::string key = run.profile;
  for (const std::string& name : tasks) {
    const MeasuredTask* task = run.FindTask(name);
    if (run.untrained || task == nullptr || task->missing > 0) {
      return "";
    }
    key += "|" + TaskKey("", task->split, task->docs);
  }
  return key;
}

/// "\pm 1.20", or an interval where nothing varies.
std::string Subscript(const Estimate& estimate, std::optional<int64_t> questions, double scale,
                      int decimals) {
  if (const auto interval = questions ? IntervalWithoutVariation(estimate, *questions) : std::nullopt) {
    return "[" + FixedText(scale * interval->low, decimals) + ",\\," +
           FixedText(scale * interval->high, decimals) + "]";
  }
  const bool varies = estimate.standard_error && *estimate.standard_error > 0;
  return varies ? "\\pm " + FixedText(scale * *estimate.standard_error, decimals) : "";
}

}  // namespace

Better BetterOf(Quantity quantity) {
  switch (quantity) {
    case Quantity::kLoss:
      return Better::kLower;
    case Quantity::kTask:
    case Quantity::kAverage:
      return Better::kHigher;
    default:
      return Better::kUnmarked;  // a cost
  }
}

PaperCell PublishedPaperCell(const ReproductionCell& cell, std::span<const std::string> tasks) {
  if (!cell.published || cell.column == "ffn_mflops_executed") {
    return {};
  }
  return {.number = *cell.published,
          .mark = cell.impossible ? kImpossibleMark : "",
          .comparable = PublishedKey(cell, tasks)};
}

PaperCell OurPaperCell(const ReproductionCell& cell, const MeasuredRun& run,
                       std::span<const std::string> tasks, bool errors) {
  if (!cell.ours) {
    return {};
  }
  const double scale = PrintedScale(cell.quantity);
  const int decimals = DecimalsOf(cell.quantity);
  const auto questions = cell.quantity == Quantity::kTask ? cell.questions : std::nullopt;
  return {.number = FixedText(scale * *cell.ours, decimals),
          .subscript = errors ? Subscript({*cell.ours, cell.standard_error}, questions, scale, decimals) : "",
          .mark = FootnoteMark(cell.verdict),
          .comparable = OurKey(cell, run, tasks)};
}

PaperCell PaperCellOfTask(const MeasuredRun& run, const std::string& name, bool errors) {
  const MeasuredTask* task = run.FindTask(name);
  if (task == nullptr) {
    return {};
  }
  const double scale = task->percent ? 100 : 1;
  const int decimals = task->percent ? 2 : 4;
  const auto questions = task->percent ? std::optional(task->docs) : std::nullopt;
  const bool ranked = !run.untrained && task->missing == 0;
  return {.number = FixedText(scale * task->score.value, decimals),
          .subscript = errors ? Subscript(task->score, questions, scale, decimals) : "",
          .comparable = ranked ? Joined({TaskKey(run.profile, task->split, task->docs), task->metric}) : ""};
}

PaperCell PaperCellOfLoss(const MeasuredRun& run, bool errors) {
  if (!run.loss && !run.measured_loss) {
    return {};
  }
  constexpr int kDecimals = 3;
  const Estimate loss = run.loss ? Estimate{.value = *run.loss, .standard_error = {}}
                                 : run.measured_loss->summary.nats_per_token;
  return {.number = FixedText(loss.value, kDecimals),
          .subscript = errors ? Subscript(loss, std::nullopt, 1, kDecimals) : "",
          .comparable = run.untrained ? "" : LossKey(run)};
}

PaperCell PaperCellOfAverage(const MeasuredRun& run, std::span<const std::string> tasks, bool errors) {
  const std::optional<Estimate> average = AverageOver(run, tasks);
  if (!average) {
    return {};
  }
  return {.number = FixedText(100 * average->value),
          .subscript = errors ? Subscript(*average, std::nullopt, 100, 2) : "",
          .comparable = AverageKey(run, tasks)};
}

/// What our numbers are, for a caption that says why they are not ranked with the others.
std::string KindOf(const MeasuredRun& run) {
  int64_t missing = 0;
  for (const MeasuredTask& task : run.tasks) {
    missing += task.missing;
  }
  if (run.untrained || missing > 0) {
    return run.untrained ? "untrained" : "incomplete, docs missing: " + std::to_string(missing);
  }
  const std::string profile = "profile " + run.profile;
  return run.tasks.empty() ? profile
                           : profile + ", " + std::to_string(run.tasks.front().docs) + " questions of " +
                                 ShortColumnName(run.tasks.front().task);
}

}  // namespace vffn
