// Learning rate and temperature as functions of the step.
#pragma once

#include <cstdint>

#include "train/config/training_config.h"

namespace vffn {

/// The learning rate of a step, from 1 to config.steps, as OLMo's scheduler cosine_with_warmup gives it.
double LearningRate(const TrainingConfig& config, int64_t step);

/// The temperature of a step, from 1: that of step 1 is tau.start; it is lowered after each step.
double Temperature(const TrainingConfig& config, int64_t step);

}  // namespace vffn
