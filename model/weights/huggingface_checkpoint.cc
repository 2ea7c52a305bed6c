#include "model/weights/huggingface_checkpoint.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/huggingface_config.h"
#include "model/weights/mapped_checkpoint.h"
#include "model/weights/safetensors_file.h"

namespace vffn {
namespace {

/// The architecture that the config.json of a model names.
const HuggingFaceForm& FormOf(const Fields& config) {
  const Json* named = config.Find("architectures");
  std::string supported;
  for (const Architecture& architecture : Architectures()) {
    const std::optional<HuggingFaceForm>& form = architecture.hugging_face;
    if (form && named != nullptr && *named == Json::array({form->class_name})) {
      RequireValue(config, "model_type", form->model_type);
      return *form;
    }
    if (form) {
      supported.append(supported.empty() ? "" : ", ").append(form->class_name);
    }
  }
  VFFN_CHECK(named != nullptr, config.origin(),
             ": architectures is missing. It names the class of a model that transformers saved; supported: ",
             supported);
  Fail(config.origin(), ": architectures = ", named->dump(), " is not supported; supported: ", supported);
}

/// Opens a file and adds its tensors. Returns their names.
std::vector<std::string> AddFile(const std::filesystem::path& path, OpenedFiles& opened) {
  opened.files.push_back(path);
  const MappedFile& mapping = opened.mappings.emplace_back(path);
  std::vector<std::string> names;
  for (TensorView& tensor : ReadSafetensors(mapping.bytes(), path.string())) {
    names.push_back(tensor.name);
    opened.tensors.push_back(std::move(tensor));
  }
  return names;
}

/// Adds the tensors of all shards. Throws if the index and a shard name different tensors.
void AddShards(const std::filesystem::path& folder, const std::filesystem::path& index_path,
               OpenedFiles& opened) {
  const std::string origin = index_path.string();
  const Json json = ReadJsonFile(index_path);
  const Fields map = Fields(json, origin).Object("weight_map");
  std::map<std::string, std::set<std::string>> shards;
  for (const auto& [name, file] : json["weight_map"].items()) {
    const auto file_name = ConvertJson<std::string>(file, map.PlaceOf(name));
    VFFN_CHECK(!file_name.empty() && file_name != "." && file_name != ".." &&
                   file_name.find('/') == std::string::npos,
               map.Where(name), " is ", file.dump(), ", should be the name of a file in this folder");
    shards[file_name].insert(name);
  }
  opened.files.push_back(index_path);
  for (auto& [file_name, expected] : shards) {
    for (const std::string& name : AddFile(folder / file_name, opened)) {
      VFFN_CHECK(expected.erase(name) == 1, origin, ": weight_map does not say that ", file_name, " holds ",
                 name);
    }
    VFFN_CHECK(expected.empty(), origin, ": weight_map says that ", file_name, " holds ",
               expected.empty() ? "" : *expected.begin(), ", but it does not");
  }
}

/// Drops the head of a model whose config.json says that it is the embedding.
void DropEqualHead(const Recipe& recipe, OpenedFiles& opened) {
  const auto find = [&](const char* parameter) {
    return std::ranges::find(opened.tensors, recipe.at(parameter).front().name, &TensorView::name);
  };
  const auto head = find("head.weight");
  const auto embedding = find("embedding.weight");
  if (head == opened.tensors.end() || embedding == opened.tensors.end()) {
    return;
  }
  VFFN_CHECK(
      head->type == embedding->type && head->shape == embedding->shape && head->bytes == embedding->bytes,
      opened.origin, ": tie_word_embeddings is true, but ", head->name, " differs from ", embedding->name,
      ": versions of transformers disagree on which counts. Set tie_word_embeddings to false to use ",
      head->name, ", or remove it from the checkpoint to use the embedding");
  opened.tensors.erase(head);
}

}  // namespace

ModelConfig ReadHuggingFaceConfig(const Json& json, const std::string& origin) {
  const Fields config(json, origin);
  const HuggingFaceForm& form = FormOf(config);
  VFFN_CHECK(!config.Has("quantization_config"), origin,
             ": quantization_config: quantised Hugging Face checkpoints are not supported");
  return form.read_config(config);
}

std::unique_ptr<Checkpoint> OpenHuggingFaceCheckpoint(const std::filesystem::path& folder,
                                                      std::string_view model_args) {
  const std::filesystem::path config_path = folder / "config.json";
  const std::filesystem::path single = folder / "model.safetensors";
  const std::filesystem::path index = folder / "model.safetensors.index.json";
  OpenedFiles opened;
  opened.model_args = model_args;
  opened.format = "safetensors";
  opened.origin = folder.string();
  const Json json = ReadJsonFile(config_path);
  const Fields config(json, config_path.string());
  const Recipe& recipe = FormOf(config).tensors;
  opened.config = ReadHuggingFaceConfig(json, config_path.string());
  opened.files.push_back(config_path);
  opened.redundant = [](const std::string& name) { return name.ends_with(".rotary_emb.inv_freq"); };
  if (std::filesystem::exists(single)) {
    AddFile(single, opened);
  } else {
    VFFN_CHECK(
        std::filesystem::exists(index), folder.string(),
        ": has config.json, but neither model.safetensors nor model.safetensors.index.json. A checkpoint in "
        "pytorch_model.bin must be saved again with save_pretrained(..., safe_serialization=True)");
    AddShards(folder, index, opened);
  }
  if (opened.config.tied_head) {
    DropEqualHead(recipe, opened);
  }
  return AccountForTensors(std::move(opened), recipe);
}

}  // namespace vffn
