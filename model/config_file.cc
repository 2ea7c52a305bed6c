#include "model/config_file.h"

#include "base/json.h"

namespace vffn {

ModelConfig ReadModelConfig(const std::filesystem::path& path) {
  const ModelConfig config = ParseModelConfig(ReadJsonFile(path), path.string());
  Validate(config, path.string());
  return config;
}

std::string ModelConfigText(const ModelConfig& config) { return ToJson(config).dump(2) + "\n"; }

}  // namespace vffn
