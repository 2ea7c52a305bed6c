// Learning rate and temperature as functions of the step.
#pragma once

#include <cstdint>

#include "train/config/training_config.h"

namespace vffn {

/// The learning rate of a step, from 1, as OLMo's scheduler cosine_with_warmup gives it:
///   linear from start_factor times the peak at step 0 to the peak at step `warmup`,
///   then a cosine that reaches end_factor times the peak at schedule.end_step, where it stays.
double LearningRate(const TrainingConfig& config, int64_t step);

/// Steps of the warm-up: schedule.warmup_steps, or the share of all steps, rounded.
int64_t WarmupSteps(const TrainingConfig& config);

/// The temperature of a step, from 1: that of step 1 is tau.start; it is lowered after each step, by the
/// factor tau.decay, or with tau.share by the factor that reaches tau.end after this share of all steps.
double Temperature(const TrainingConfig& config, int64_t step);

}  // namespace vffn
