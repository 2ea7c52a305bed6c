#include "reports/reproduction/study_reader.h"

#include <algorithm>
#include <numeric>

#include "flops/paper_formula.h"
#include "runs/losses/loss_file.h"
#include "runs/scores/score_set.h"

namespace vffn {
namespace {

std::vector<DocumentLoss> LossesIn(const std::filesystem::path& file) {
  return std::filesystem::exists(file) ? ReadLosses(file).InOrder() : std::vector<DocumentLoss>();
}

StudyTask StudyTaskOf(const TaskRecord& record) {
  StudyTask task{.task = record.name, .chance = record.chance.value_or(0)};
  if (const MetricRecord* metric = record.FindMetric(record.primary_metric); metric && metric->value) {
    task.accuracy = {.value = *metric->value, .standard_error = metric->standard_error};
  }
  return task;
}

std::vector<StudyTask> TasksOf(const RecordedRun& recorded) {
  std::vector<StudyTask> tasks;
  const ScoreSet bits =
      ReadScoreSet(recorded.folder.ledger().string(),
                   {.profile = recorded.results.run->profile, .metric = Metric::kBitsPerByte});
  for (const TaskRecord& record : recorded.results.tasks) {
    StudyTask task = StudyTaskOf(record);
    const auto scores = std::ranges::find(bits.tasks, record.name, &TaskScores::task);
    if (scores != bits.tasks.end()) {
      for (const QuestionScore& question : scores->questions) {
        task.bits_per_byte.push_back(question.value);
      }
    }
    tasks.push_back(std::move(task));
  }
  return tasks;
}

/// The counts of the convention that reports use: every token once.
template <class Counts>
const Counts* Once(const std::vector<Counts>& all) {
  const auto found = std::ranges::find(all, Counting{}, &Counts::counting);
  return found == all.end() || found->tokens == 0 ? nullptr : &*found;
}

std::vector<StudyLayer> LayersOf(const TraceSummary& summary) {
  std::vector<StudyLayer> layers;
  if (const LoopCounts* loops = Once(summary.loops)) {
    layers.resize(loops->layers.size());
    for (size_t i = 0; i < layers.size(); ++i) {
      const std::vector<int64_t>& histogram = loops->layers[i].histogram;
      const auto tokens =
          static_cast<double>(std::accumulate(histogram.begin(), histogram.end(), int64_t{0}));
      for (const int64_t count : histogram) {
        layers[i].loop_shares.push_back(static_cast<double>(count) / tokens);
      }
    }
  }
  if (const ExpertCounts* experts = Once(summary.experts)) {
    layers.resize(std::max(layers.size(), experts->layers.size()));
    for (size_t i = 0; i < experts->layers.size(); ++i) {
      layers[i].heaviest_expert = experts->layers[i].max_to_mean;
    }
  }
  return layers;
}

/// Of one token. Where loops are predicted, from the trace.
std::optional<double> FfnFlopsOf(const MeasuredRun& run) {
  if (run.traced) {
    return run.traced->flops > 0 ? std::optional(run.traced->flops) : std::nullopt;
  }
  return run.config ? PaperFfnFlops(*run.config, std::nullopt) : std::nullopt;
}

}  // namespace

StudyRun ReadStudyRun(const ManifestEntry& entry, const RecordedRun& recorded, const FinishedRun& finished,
                      const std::optional<std::filesystem::path>& training) {
  const RunFolder& folder = recorded.folder;
  StudyRun run{.name = entry.name,
               .method = entry.method,
               .seed = entry.seed,
               .parameters = finished.measured.parameters.value_or(0),
               .ffn_flops = FfnFlopsOf(finished.measured),
               .losses = LossesIn(folder.losses(entry.ArgsWith(""))),
               .tasks = TasksOf(recorded)};
  for (const std::string& control : entry.controls) {
    run.controls.emplace_back(control, LossesIn(folder.losses(entry.ArgsWith(control))));
  }
  if (finished.summary) {
    run.layers = LayersOf(*finished.summary);
  }
  if (training) {
    run.training = ReadTrainingRuns({&*training, 1}).front();
    run.training->name = entry.name;
    run.training->group = entry.method;
  }
  return run;
}

}  // namespace vffn
