// A training run of seconds: a model of a few thousand parameters on made-up tokens.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/json.h"
#include "tests/base/temporary_folder.h"
#include "train/config/training_config.h"
#include "train/run/trainer.h"

namespace vffn {

constexpr int64_t kTinyVocabulary = 96;

/// Writes a token file (uint16) of a sequence that is easy to predict in part.
void WriteTinyTokens(const std::filesystem::path& path, int64_t tokens, uint64_t seed);

/// A configuration of a model of that kind ("dense", "moe", "k_loop", "versatile") on tokens in `folder`,
/// which are written there: 12 steps of 8 sequences of 16 tokens on one thread.
Json TinyConfigJson(const std::filesystem::path& folder, std::string_view ffn);

TrainingConfig TinyTrainingConfig(const std::filesystem::path& folder, std::string_view ffn = "versatile");

/// Trains without progress.
TrainOutcome TrainTiny(const TrainingConfig& config, const std::filesystem::path& output,
                       bool resume = false);

/// One more step of the run in `output`: a run that is asked to stop before it begins.
void TrainOneStep(const TrainingConfig& config, const std::filesystem::path& output);

}  // namespace vffn
