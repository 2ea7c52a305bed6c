// The part that all formats share: assembling parameters from the tensors of mapped files.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "model/config.h"
#include "model/weights/checkpoint.h"
#include "model/weights/recipe.h"
#include "model/weights/tensor_view.h"

namespace vffn {

/// What a reader found, before tensors and configuration are compared.
struct OpenedFiles {
  std::string format;  ///< as Checkpoint::format()
  std::string origin;  ///< begins every error message
  ModelConfig config;
  std::string model_args;                    ///< see OpenCheckpoint
  std::vector<std::filesystem::path> files;  ///< as Checkpoint::files()
  std::vector<MappedFile> mappings;          ///< keep the tensors' bytes alive
  std::vector<std::vector<char>> buffers;    ///< tensors that several parts of files make up
  std::vector<TensorView> tensors;
  std::string advice;  ///< ends the Error about tensors that do not fit
  /// Whether a tensor is redundant, such as a rotary table: it may be there and is ignored. By default none
  /// is.
  std::function<bool(const std::string& name)> redundant = [](const std::string&) { return false; };
};

/// Applies the model_args, validates the configuration and matches the tensors with the parameters. Throws
/// one Error that lists all tensors that are unknown, missing, misshapen or not real numbers.
std::unique_ptr<Checkpoint> AccountForTensors(OpenedFiles opened, const Recipe& recipe);

}  // namespace vffn
