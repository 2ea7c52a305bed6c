#include "model/weights/vffn_checkpoint.h"

#include <utility>

#include "base/error.h"
#include "model/config_file.h"
#include "model/weights/mapped_checkpoint.h"
#include "model/weights/tensor_files.h"

namespace vffn {

Recipe VffnRecipe(const ModelConfig& config) {
  constexpr std::string_view kFirstLayer = "layers.0.";
  ModelConfig one_layer = config;
  one_layer.n_layers = 1;
  Recipe recipe;
  for (const ParameterSpec& spec : ParameterSpecs(one_layer)) {
    std::string name = spec.name;
    if (name.starts_with(kFirstLayer)) {
      name.replace(0, kFirstLayer.size(), "layers.{}.");
    }
    recipe[name] = {{name}};
  }
  return recipe;
}

std::unique_ptr<Checkpoint> OpenVffnCheckpoint(const CheckpointFolder& folder) {
  const std::filesystem::path weights =
      folder.weights.empty() ? folder.path / "model.safetensors" : folder.weights;
  OpenedFiles opened;
  opened.model_args = folder.model_args;
  opened.format = "vffn";
  opened.config = ReadModelConfig(folder.path / "model.json");
  VFFN_CHECK(std::filesystem::exists(weights), folder.path.string(),
             ": has model.json, but no model.safetensors");
  opened.origin = weights.string();
  opened.files = {folder.path / "model.json"};
  AddTensorFile(weights, opened);
  const Recipe recipe = VffnRecipe(opened.config);
  return AccountForTensors(std::move(opened), recipe);
}

}  // namespace vffn
