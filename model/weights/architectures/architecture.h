// Model architectures: the tensor names and the meaning of the configuration in every container that stores
// them. How a container is read does not depend on the architecture: huggingface_checkpoint.h,
// gguf_checkpoint.h, olmo_checkpoint.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "model/config.h"
#include "model/weights/recipe.h"

namespace vffn {

class Fields;
class GgufKeys;
struct OlmoFolder;
struct OlmoYaml;

// Configuration readers return the model that a configuration describes. They throw Error, naming the key and
// its value, if the configuration asks for arithmetic that is not supported.

/// An architecture in a Hugging Face folder.
struct HuggingFaceForm {
  std::string class_name;  ///< in `architectures` of config.json: "LlamaForCausalLM"
  std::string model_type;  ///< in config.json: "llama"
  Recipe tensors;
  ModelConfig (*read_config)(const Fields& config) = nullptr;

  // Writing; null if the program does not write the architecture.
  /// The reason why a model cannot be stored in this form; empty if it can.
  std::string (*misfit)(const ModelConfig& config) = nullptr;
  /// The config.json, which read_config reads back to the same model.
  OrderedJson (*write_config)(const ModelConfig& config) = nullptr;
};

/// An architecture in a GGUF file.
struct GgufForm {
  std::string name;  ///< general.architecture, and the prefix of its metadata keys: "llama"
  Recipe tensors;
  /// Every metadata key of the architecture that it does not ask for is refused afterwards.
  ModelConfig (*read_config)(const GgufKeys& keys) = nullptr;
};

/// An architecture in an OLMo folder. Of the forms with the same kind of FFN, the first is the one written.
struct OlmoForm {
  std::vector<std::string> block_types;  ///< names of `block_type` in config.yaml; the first is written
  FfnKind ffn = FfnKind::kDense;
  Recipe tensors;  ///< names begin with "transformer."
  ModelConfig (*read_config)(const OlmoFolder& folder) = nullptr;
};

/// One row of the table. An architecture has only the forms that its checkpoints come in.
struct Architecture {
  std::optional<HuggingFaceForm> hugging_face;
  std::optional<GgufForm> gguf;
  std::optional<OlmoForm> olmo;
};

/// The table of all architectures.
const std::vector<Architecture>& Architectures();

/// The form whose block_type a config.yaml names. Throws Error if there is none.
const OlmoForm& OlmoFormOf(const OlmoYaml& config);

}  // namespace vffn
