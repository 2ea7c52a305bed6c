// The first weights of a training run.
#pragma once

#include <cstdint>
#include <memory>

#include "model/weights/checkpoint.h"
#include "train/config/training_config.h"

namespace vffn {

/// A new model with the initial values of its parameters (parameters.h), a checkpoint that is opened, or one
/// that is upcycled. Throws Error as OpenCheckpoint and Upcycle do.
std::unique_ptr<Checkpoint> OpenStartWeights(const StartConfig& start, uint64_t seed);

/// The tokenizer.json that the run's checkpoints get: start.tokenizer, or the one beside `from`. Empty if
/// there is none. Throws Error if start.tokenizer is not a file.
std::filesystem::path FindStartTokenizer(const StartConfig& start);

}  // namespace vffn
