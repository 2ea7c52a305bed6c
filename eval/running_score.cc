#include "eval/running_score.h"

#include <cstdio>

namespace vffn {

RunningScore::RunningScore(const Profile& profile, const LedgerTask& task)
    : rule_(profile.length_rule),
      metric_(task.metrics.value_or(profile.ForTask(task.name)).primary),
      has_mean_(!FactsOf(metric_).of_set) {}

void RunningScore::Add(const ScoredDoc& doc) {
  has_mean_ = has_mean_ && !doc.rolling() && IsDefined(metric_, rule_, doc);
  if (has_mean_) {
    sum_ += DocValue(metric_, rule_, doc);
    ++docs_;
  }
}

std::string RunningScore::Text() const {
  if (!has_mean_ || docs_ == 0) {
    return "";
  }
  const MetricFacts& facts = FactsOf(metric_);
  const double mean = sum_ / static_cast<double>(docs_);
  char text[120];
  std::snprintf(text, sizeof text, facts.percent() ? "%.*s %.1f of %lld docs" : "%.*s %.3f of %lld docs",
                static_cast<int>(facts.name.size()), facts.name.data(), facts.percent() ? 100 * mean : mean,
                static_cast<long long>(docs_));
  return text;
}

}  // namespace vffn
