#include "train/config/schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vffn {

int64_t WarmupSteps(const TrainingConfig& config) {
  return config.schedule.warmup_steps.value_or(
      std::llround(config.schedule.warmup_share * static_cast<double>(config.steps)));
}

double LearningRate(const TrainingConfig& config, int64_t step) {
  const ScheduleConfig& schedule = config.schedule;
  const double peak = config.optimizer.learning_rate;
  const double last = peak * schedule.end_factor;
  const int64_t warmup = WarmupSteps(config);
  const int64_t end = schedule.end_step.value_or(config.steps);
  if (step < warmup) {
    const double first = peak * schedule.start_factor;
    return first + (peak - first) * static_cast<double>(step) / static_cast<double>(warmup);
  }
  if (step >= end) {
    return last;
  }
  const double done = static_cast<double>(step - warmup) / static_cast<double>(end - warmup);
  return last + (peak - last) * (1 + std::cos(std::numbers::pi * done)) / 2;
}

double Temperature(const TrainingConfig& config, int64_t step) {
  const TauConfig& tau = config.tau;
  const auto updates = static_cast<double>(step - 1);
  if (!tau.share) {
    return std::max(tau.end, tau.start * std::pow(tau.decay, updates));
  }
  const double all = *tau.share * static_cast<double>(config.steps);
  return updates >= all ? tau.end : tau.start * std::pow(tau.end / tau.start, updates / all);
}

}  // namespace vffn
