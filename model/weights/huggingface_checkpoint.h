// Hugging Face folders: config.json + safetensors, LlamaForCausalLM.
#pragma once

#include <filesystem>
#include <memory>

#include "base/json.h"
#include "model/weights/checkpoint.h"
#include "model/weights/recipe.h"

namespace vffn {

/// The model a config.json describes, with LlamaConfig's defaults for what may be left out. Throws Error
/// naming the key and its value where it asks for arithmetic that is not supported.
ModelConfig ReadHuggingFaceConfig(const Json& json, const std::string& origin);

/// How the format stores our parameters.
const Recipe& HuggingFaceRecipe();

/// Opens a folder with config.json and model.safetensors, else model.safetensors.index.json and the files it
/// names. A checkpoint that says its head is tied and has lm_head.weight all the same is taken if the two are
/// equal byte for byte, as transformers does; if they differ it is refused (transformers 4 then used the
/// embedding, 5 the head). Rotary tables (rotary_emb.inv_freq) of old checkpoints are passed over, as in
/// transformers.
std::unique_ptr<Checkpoint> OpenHuggingFaceCheckpoint(const std::filesystem::path& folder,
                                                      std::string_view model_args);

}  // namespace vffn
