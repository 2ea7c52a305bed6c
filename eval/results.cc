#include "eval/results.h"

#include <algorithm>

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
  }
  truncation.docs += truncation.requests > before ? 1 : 0;
}

TaskResults ComputeTask(const Profile& profile, const TaskDocs& task) {
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

Results ComputeResults(const Profile& profile, const RunIdentity& identity, std::span<const TaskDocs> tasks) {
  VFFN_CHECK(!tasks.empty(), "there are no scores of any task");
  Results results{.profile = &profile, .identity = identity};
  std::vector<Estimate> primaries;
  for (const TaskDocs& task : tasks) {
    results.tasks.push_back(ComputeTask(profile, task));
    const TaskResults& computed = results.tasks.back();
    primaries.push_back(computed.Score(computed.primary));
    results.average_chance += computed.chance / static_cast<double>(tasks.size());
  }
  results.average = AverageOf(primaries);
  return results;
}

}  // namespace vffn
