// The model of an OLMo training configuration, and where its weights come from.
#pragma once

#include <string_view>

#include "train/config/olmo_options.h"
#include "train/config/training_config.h"

namespace vffn {

/// The sections model and vffn, and the release's keys of the balance loss. N, k and L of a VersatileFFN are
/// constants of the release, 8, 2 and 4, unless the file gives them.
ModelConfig ReadOlmoModel(std::string_view yaml, OlmoOptions& options, LossConfig& loss);

/// load_path and its companions, tokenizer: sets config.start. Opens the checkpoint. Throws Error, naming the
/// field, if it is another model.
void ReadOlmoStart(const ModelConfig& model, OlmoOptions& options, TrainingConfig& config);

}  // namespace vffn
