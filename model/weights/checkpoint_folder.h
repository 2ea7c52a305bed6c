// What a user gives to open the checkpoint in a folder.
#pragma once

#include <filesystem>
#include <string>

namespace vffn {

struct CheckpointFolder {
  std::filesystem::path path;
  /// The file of weights, or the index of shards, in the folder. Empty: the one that the format prefers.
  std::filesystem::path weights;
  std::string model_args;  ///< see OpenCheckpoint
};

}  // namespace vffn
