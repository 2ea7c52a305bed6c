#include "eval/results.h"

#include <algorithm>

#include "analysis/chance.h"
#include "base/error.h"

namespace vffn {
namespace {

std::optional<Estimate> ScoreOf(Metric metric, const Profile& profile,
                                std::span<const ScoredDoc* const> docs) {
  std::vector<double> values;
  values.reserve(docs.size());
  for (const ScoredDoc* doc : docs) {
    if (!IsDefined(metric, profile.length_rule, *doc)) {
      return std::nullopt;
    }
    values.push_back(DocValue(metric, profile.length_rule, *doc));
  }
  return MeanOf(values);
}

void Count(const ScoredDoc& doc, Truncation& truncation) {
  const int64_t before = truncation.requests;
  for (const ScoredChoice& choice : doc.choices) {
    truncation.requests += choice.truncated_tokens > 0 ? 1 : 0;
    truncation.tokens += choice.truncated_tokens;
    if (choice.unconditional) {
      truncation.requests += choice.unconditional->truncated_tokens > 0 ? 1 : 0;
      truncation.tokens += choice.unconditional->truncated_tokens;
    }
  }
  truncation.docs += truncation.requests > before ? 1 : 0;
}

/// Of the primary accuracy.
std::optional<Estimate> CentredOf(Metric primary, LengthRule rule, std::span<const ScoredDoc* const> docs) {
  if (!FactsOf(primary).accuracy) {
    return std::nullopt;
  }
  std::vector<double> values, chances;
  for (const ScoredDoc* doc : docs) {
    values.push_back(DocValue(primary, rule, *doc));
    chances.push_back(1 / static_cast<double>(doc->choices.size()));
  }
  return CentredOnChance(values, chances);
}

std::vector<MetricCalibration> CalibrationsOf(const TaskResults& results, LengthRule rule,
                                              std::span<const ScoredDoc* const> docs,
                                              const CalibrationOptions& options) {
  std::vector<MetricCalibration> calibrations;
  for (const MetricFacts& facts : Metrics()) {
    if (!facts.accuracy || std::ranges::find(results.reported, facts.metric) == results.reported.end()) {
      continue;
    }
    if (auto calibration = CalibrationOfDocs(facts.metric, rule, docs, options)) {
      calibrations.push_back({facts.metric, *std::move(calibration)});
    }
  }
  return calibrations;
}

/// Absent if no task has one.
std::optional<CentredAverage> AverageCentred(std::span<const TaskResults> tasks) {
  std::vector<Estimate> centred;
  for (const TaskResults& task : tasks) {
    if (task.centred) {
      centred.push_back(*task.centred);
    }
  }
  return centred.empty() ? std::nullopt
                         : std::optional(CentredAverage{.estimate = AverageOf(centred),
                                                        .tasks = static_cast<int64_t>(centred.size())});
}

TaskResults ComputeTask(const Profile& profile, const TaskDocs& task, const CalibrationOptions& calibration) {
  VFFN_CHECK(!task.docs.empty(), task.task.name,
             ": no doc was scored; the run that wrote the ledger must go on first (--resume)");
  const MetricList metrics = task.task.metrics.value_or(profile.ForTask(task.task.name));
  TaskResults results{.task = task.task,
                      .docs = static_cast<int64_t>(task.docs.size()),
                      .primary = metrics.primary,
                      .reported = metrics.reported};
  results.missing = std::max<int64_t>(0, task.task.docs - results.docs);
  for (const MetricFacts& facts : Metrics()) {
    results.scores.push_back({facts.metric, ScoreOf(facts.metric, profile, task.docs)});
  }
  results.centred = CentredOf(results.primary, profile.length_rule, task.docs);
  results.calibrations = CalibrationsOf(results, profile.length_rule, task.docs, calibration);
  double chance = 0;
  for (const ScoredDoc* doc : task.docs) {
    chance += 1 / static_cast<double>(doc->choices.size());
    Count(*doc, results.truncation);
  }
  results.chance = chance / static_cast<double>(results.docs);
  return results;
}

}  // namespace

const Estimate& TaskResults::Score(Metric metric) const {
  const std::optional<Estimate>& estimate = scores.at(static_cast<size_t>(metric)).estimate;
  VFFN_CHECK(estimate.has_value(), task.name, ": ", FactsOf(metric).name, " is not defined");
  return *estimate;
}

Results ComputeResults(const Profile& profile, const RunIdentity& identity, std::span<const TaskDocs> tasks,
                       const CalibrationOptions& calibration) {
  VFFN_CHECK(!tasks.empty(), "there are no scores of any task");
  Results results{.profile = &profile, .identity = identity};
  std::vector<Estimate> primaries;
  for (const TaskDocs& task : tasks) {
    results.tasks.push_back(ComputeTask(profile, task, calibration));
    const TaskResults& computed = results.tasks.back();
    primaries.push_back(computed.Score(computed.primary));
    results.average_chance += computed.chance / static_cast<double>(tasks.size());
  }
  results.average = AverageOf(primaries);
  results.centred = AverageCentred(results.tasks);
  return results;
}

}  // namespace vffn
