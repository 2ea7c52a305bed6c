// Training configurations of OLMo (YAML), such as the authors' configs/model_config.yaml.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "train/config/training_config.h"

namespace vffn {

/// A configuration, and what its reader should know about how it was read; one line each.
struct TrainingConfigFile {
  TrainingConfig config;
  std::vector<std::string> notes;
};

/// Reads an OLMo configuration (docs/training.md lists the keys). Paths are relative to the working
/// directory, as for OLMo. If load_path is a dense checkpoint and the model a VersatileFFN, the checkpoint is
/// upcycled. The notes name every key that is missing, with the value taken for it (OLMo's default, or a
/// constant of the authors' code), and every key that has no effect here. Throws Error: one that lists every
/// key that is unknown or would change the training in a way that is not supported; also if a value is out of
/// range, load_path is another model than the file describes, or, where max_duration is in epochs, if the
/// data cannot be read.
TrainingConfigFile ReadOlmoTrainingConfig(const std::filesystem::path& path);

/// Any configuration, by its ending: .json (ReadTrainingConfig; no notes), .yaml or .yml (OLMo).
TrainingConfigFile ReadTrainingConfigFile(const std::filesystem::path& path);

}  // namespace vffn
