#include "model/weights/huggingface_checkpoint.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/huggingface_config.h"
#include "model/weights/mapped_checkpoint.h"
#include "model/weights/other_formats.h"
#include "model/weights/tensor_files.h"
#include "model/weights/tensor_names.h"

namespace vffn {
namespace {

/// Files of weights, the preferred one first, as in transformers.
constexpr const char* kWeightFiles[] = {"model.safetensors", "model.safetensors.index.json",
                                        "pytorch_model.bin", "pytorch_model.bin.index.json"};

/// Tensors that transformers' classes registered as buffers: tables that follow from the configuration. A
/// parameter has none of these names.
constexpr std::string_view kBuffers[] = {
    "rotary_emb.inv_freq",     "rotary_emb.cos_cached", "rotary_emb.sin_cached", "attn.bias",
    "attn.masked_bias",        "attention.bias",        "attention.masked_bias", "attn.embed_positions",
    "embed_positions.weights",
};

bool IsBuffer(const std::string& name) {
  return std::ranges::any_of(kBuffers, [&](std::string_view buffer) {
    return name.ends_with(buffer) &&
           (name.size() == buffer.size() || name[name.size() - buffer.size() - 1] == '.');
  });
}

bool IsIndex(const std::filesystem::path& path) { return path.string().ends_with(".index.json"); }

/// The file to read: a shard that a user named stands for all shards.
std::filesystem::path HuggingFaceWeightsOf(const CheckpointFolder& folder) {
  if (!folder.weights.empty()) {
    const std::string name = folder.weights.filename().string();
    const size_t of = name.find("-of-");
    for (const char* index : kWeightFiles) {
      if (of != std::string::npos && IsIndex(index) && std::filesystem::exists(folder.path / index) &&
          std::string_view(index).find(folder.weights.extension().string()) != std::string_view::npos) {
        return folder.path / index;
      }
    }
    return folder.weights;
  }
  std::string looked_for;
  for (const char* name : kWeightFiles) {
    if (std::filesystem::exists(folder.path / name)) {
      return folder.path / name;
    }
    looked_for.append(looked_for.empty() ? "" : ", ").append(name);
  }
  const std::string other = DescribeOtherFormat(folder.path);
  Fail(folder.path.string(), ": has config.json, but none of ", looked_for, other.empty() ? "" : ". It is ",
       other);
}

bool SameBytes(const TensorView& a, const TensorView& b) {
  return a.type == b.type && a.shape == b.shape && a.strides == b.strides &&
         (a.bytes.data() == b.bytes.data() || a.bytes == b.bytes);
}

/// Whether a tensor belongs to a part of the folder that the model does not use.
bool IsIgnored(const HuggingFaceForm& form, const std::string& name) {
  return std::ranges::any_of(form.ignored_prefixes,
                             [&](const std::string& prefix) { return name.starts_with(prefix); });
}

/// Makes one tensor of the head and the embedding of a model whose config.json says that they are the same: a
/// file may hold either, or both.
void TieHead(const Recipe& recipe, OpenedFiles& opened) {
  const auto find = [&](const char* parameter) {
    return std::ranges::find(opened.tensors, recipe.at(parameter).front().name, &TensorView::name);
  };
  const auto head = find("head.weight");
  const auto embedding = find("embedding.weight");
  if (head == opened.tensors.end()) {
    return;
  }
  if (embedding == opened.tensors.end()) {
    head->name = recipe.at("embedding.weight").front().name;
    return;
  }
  VFFN_CHECK(SameBytes(*head, *embedding), opened.origin, ": tie_word_embeddings is true, but ", head->name,
             " differs from ", embedding->name,
             ": versions of transformers disagree on which counts. Set tie_word_embeddings to false to use ",
             head->name, ", or remove it from the checkpoint to use the embedding");
  opened.tensors.erase(head);
}

}  // namespace

ModelConfig ReadHuggingFaceConfig(const Json& json, const std::string& origin) {
  const Fields config(json, origin);
  const HuggingFaceForm& form = HuggingFaceFormOf(config);
  if (const std::optional<Fields> quantised = config.OptionalObject("quantization_config")) {
    Fail(quantised->Where(), ": weights quantised by ",
         quantised->Get<std::string>("quant_method", "an unnamed method"),
         " are not read. Use the model before quantisation, or its GGUF file");
  }
  return form.read_config(config);
}

std::unique_ptr<Checkpoint> OpenHuggingFaceCheckpoint(const CheckpointFolder& folder) {
  const std::filesystem::path config_path = folder.path / "config.json";
  OpenedFiles opened;
  opened.model_args = folder.model_args;
  opened.origin = folder.path.string();
  const Json json = ReadJsonFile(config_path);
  const Fields config(json, config_path.string());
  const HuggingFaceForm& form = HuggingFaceFormOf(config);
  opened.config = ReadHuggingFaceConfig(json, config_path.string());
  opened.files.push_back(config_path);
  opened.redundant = IsBuffer;
  const std::filesystem::path weights = HuggingFaceWeightsOf(folder);
  if (IsIndex(weights)) {
    AddShards(weights, opened);
  } else {
    AddTensorFile(weights, opened);
  }
  opened.format = opened.files.back().extension() == ".safetensors" ? "safetensors" : "pytorch";
  FitNames(form.tensors, opened.tensors);
  const Recipe recipe = RecipeOf(form, opened.tensors);
  std::erase_if(opened.tensors, [&](const TensorView& tensor) { return IsIgnored(form, tensor.name); });
  if (opened.config.tied_head) {
    TieHead(recipe, opened);
  }
  opened.advice = AdviceOnNames(opened.tensors);
  return AccountForTensors(std::move(opened), recipe);
}

}  // namespace vffn
