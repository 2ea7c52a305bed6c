#include "model/weights/olmo_core_checkpoint.h"

#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/distributed_checkpoint.h"
#include "model/weights/huggingface_checkpoint.h"
#include "model/weights/mapped_checkpoint.h"
#include "model/weights/olmo_core_config.h"

namespace vffn {
namespace {

std::unique_ptr<Checkpoint> Open(const CheckpointFolder& folder) {
  const std::filesystem::path config_path = folder.path / "config.json";
  const Json hugging_face = HuggingFaceConfigOfOlmoCore(ReadJsonFile(config_path), config_path.string());
  const HuggingFaceForm& form = HuggingFaceFormOf(Fields(hugging_face, config_path.string()));
  OpenedFiles opened;
  opened.format = "olmo_core";
  opened.origin = folder.path.string();
  opened.model_args = folder.model_args;
  opened.config = ReadHuggingFaceConfig(hugging_face, config_path.string());
  opened.files = {config_path};
  AddDistributedTensors(folder.path / "model_and_optim", "model.", opened);
  for (TensorView& tensor : opened.tensors) {
    tensor.name = HuggingFaceNameOfOlmoCore(tensor.name, hugging_face.at("model_type").get<std::string>());
  }
  const Recipe recipe = RecipeOf(form, opened.tensors);
  return AccountForTensors(std::move(opened), recipe);
}

}  // namespace

bool IsOlmoCoreConfig(const Json& config) {
  return config.is_object() && config.contains("model") && config["model"].is_object() &&
         config["model"].contains("_CLASS_");
}

std::unique_ptr<Checkpoint> OpenOlmoCoreCheckpoint(const CheckpointFolder& folder) {
  try {
    return Open(folder);
  } catch (const Error& error) {
    Fail("OLMo-core checkpoint: ", error.what(),
         "\nOLMo-core converts its checkpoints to Hugging Face folders, which can be read: "
         "src/examples/huggingface/convert_checkpoint_to_hf.py -i ",
         folder.path.string(), " -o FOLDER");
  }
}

}  // namespace vffn
