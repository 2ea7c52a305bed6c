// Model architectures: the tensor names and the meaning of the configuration in every container that stores
// them. How a container is read does not depend on the architecture: huggingface_checkpoint.h,
// gguf_checkpoint.h, olmo_checkpoint.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "model/config.h"
#include "model/weights/architectures/gguf_config.h"
#include "model/weights/recipe.h"
#include "model/weights/tensor_view.h"

namespace vffn {

class Fields;
struct OlmoFolder;
struct OlmoYaml;

// Configuration readers return the model that a configuration describes. They throw Error, naming the key and
// its value, if the configuration asks for arithmetic that is not supported.

/// An architecture in a Hugging Face folder.
struct HuggingFaceForm {
  std::string class_name;  ///< in `architectures` of config.json: "LlamaForCausalLM"
  std::string model_type;  ///< in config.json: "llama"
  Recipe tensors;
  /// Other names of some parameters, for instance of another version of transformers: the entries of a
  /// variant replace those of `tensors` in a folder that has the first tensor of its first entry.
  std::vector<Recipe> variants;
  /// Tensors whose names begin so are left out: parts of the folder that this model does not use.
  std::vector<std::string> ignored_prefixes;
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
  GgufTraits traits;
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
  std::string shared_gguf;  ///< the form of another row in which llama.cpp stores it, "llama" of Mistral
  std::optional<OlmoForm> olmo;
};

/// The table of all architectures.
const std::vector<Architecture>& Architectures();

/// The form that a config.json names by its model_type, or else by `architectures`. Throws Error if there is
/// none, or if `architectures` names another kind of head; the message says what the model is and lists what
/// is supported.
const HuggingFaceForm& HuggingFaceFormOf(const Fields& config);

/// The recipe of a folder with these tensors: form.tensors with the variants that the folder has.
Recipe RecipeOf(const HuggingFaceForm& form, std::span<const TensorView> tensors);

/// The form whose block_type a config.yaml names. Throws Error if there is none.
const OlmoForm& OlmoFormOf(const OlmoYaml& config);

}  // namespace vffn
