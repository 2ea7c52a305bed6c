#include "model/weights/huggingface_checkpoint.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "model/weights/mapped_checkpoint.h"
#include "model/weights/safetensors_file.h"

namespace vffn {
namespace {

constexpr char kEmbedding[] = "model.embed_tokens.weight";
constexpr char kHead[] = "lm_head.weight";

const Recipe kLlamaRecipe = {
    {"embedding.weight", {{kEmbedding}}},
    {"layers.{}.attention_norm.weight", {{"model.layers.{}.input_layernorm.weight"}}},
    {"layers.{}.qkv.weight",
     {{"model.layers.{}.self_attn.q_proj.weight", SourceRows::kQuery},
      {"model.layers.{}.self_attn.k_proj.weight", SourceRows::kKeyValue},
      {"model.layers.{}.self_attn.v_proj.weight", SourceRows::kKeyValue}}},
    {"layers.{}.attention_out.weight", {{"model.layers.{}.self_attn.o_proj.weight"}}},
    {"layers.{}.ffn_norm.weight", {{"model.layers.{}.post_attention_layernorm.weight"}}},
    {"layers.{}.ffn_in.weight",
     {{"model.layers.{}.mlp.up_proj.weight"}, {"model.layers.{}.mlp.gate_proj.weight"}}},
    {"layers.{}.ffn_out.weight", {{"model.layers.{}.mlp.down_proj.weight"}}},
    {"final_norm.weight", {{"model.norm.weight"}}},
    {"head.weight", {{kHead}}},
};

/// Typed look-ups in a JSON object; null counts as absent.
class Fields {
 public:
  Fields(const Json& json, std::string origin) : json_(json), origin_(std::move(origin)) {
    VFFN_CHECK(json.is_object(), origin_, ": should be a JSON object");
  }

  const Json* Find(const char* key) const {
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }

  std::optional<int64_t> Integer(const char* key) const {
    const Json* value = Find(key);
    if (value == nullptr) {
      return std::nullopt;
    }
    VFFN_CHECK(
        value->is_number_integer() && (!value->is_number_unsigned() || value->get<uint64_t>() <= INT64_MAX),
        origin_, ": ", key, " should be a whole number, is ", value->dump());
    return value->get<int64_t>();
  }

  int64_t RequiredInteger(const char* key) const {
    const std::optional<int64_t> value = Integer(key);
    VFFN_CHECK(value.has_value(), origin_, ": ", key, " is missing");
    return *value;
  }

  std::optional<double> Number(const char* key) const {
    const Json* value = Find(key);
    if (value == nullptr) {
      return std::nullopt;
    }
    VFFN_CHECK(value->is_number(), origin_, ": ", key, " should be a number, is ", value->dump());
    return value->get<double>();
  }

  /// Throws unless the value is absent or equals `expected`.
  void Require(const char* key, const Json& expected) const {
    const Json* value = Find(key);
    VFFN_CHECK(value == nullptr || *value == expected, origin_, ": ", key, " = ",
               value == nullptr ? "" : value->dump(), " is not supported, ", expected.dump(), " is");
  }

  const std::string& origin() const { return origin_; }

 private:
  const Json& json_;
  std::string origin_;
};

/// rope_theta stands at the top level (transformers 4) or in rope_parameters or rope_scaling (transformers
/// 5).
double RopeTheta(const Fields& fields) {
  std::optional<double> theta = fields.Number("rope_theta");
  for (const char* section : {"rope_parameters", "rope_scaling"}) {
    const Json* json = fields.Find(section);
    if (json == nullptr) {
      continue;
    }
    const Fields rope(*json, fields.origin() + ": " + section);
    rope.Require("rope_type", "default");
    rope.Require("type", "default");
    rope.Require("partial_rotary_factor", 1.0);
    rope.Require("factor", 1.0);
    const std::optional<double> inner = rope.Number("rope_theta");
    VFFN_CHECK(!inner || !theta || *inner == *theta, rope.origin(), ": rope_theta is ", inner.value_or(0),
               " here and ", theta.value_or(0), " elsewhere");
    theta = inner ? inner : theta;
  }
  return theta.value_or(10000.0);
}

void RefuseUnsupported(const Fields& fields) {
  const Json* architectures = fields.Find("architectures");
  VFFN_CHECK(architectures != nullptr, fields.origin(),
             ": architectures is missing, should be [\"LlamaForCausalLM\"]");
  fields.Require("architectures", Json::array({"LlamaForCausalLM"}));
  fields.Require("model_type", "llama");
  fields.Require("hidden_act", "silu");
  fields.Require("attention_bias", false);
  fields.Require("mlp_bias", false);
  fields.Require("partial_rotary_factor", 1.0);
  VFFN_CHECK(fields.Find("quantization_config") == nullptr, fields.origin(),
             ": quantization_config: quantised Hugging Face checkpoints are not supported");
}

bool Flag(const Fields& fields, const char* key) {
  const Json* value = fields.Find(key);
  VFFN_CHECK(value == nullptr || value->is_boolean(), fields.origin(), ": ", key,
             " should be true or false, is ", value == nullptr ? "" : value->dump());
  return value != nullptr && value->get<bool>();
}

/// Adds the tensors of one file, and the file to what is kept open.
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

/// The index and its shards must name the same tensors.
void AddShards(const std::filesystem::path& folder, const std::filesystem::path& index_path,
               OpenedFiles& opened) {
  const std::string origin = index_path.string();
  const Json index = ReadJsonFile(index_path);
  VFFN_CHECK(index.is_object() && index.contains("weight_map") && index["weight_map"].is_object(), origin,
             ": should be an object with a weight_map");
  std::map<std::string, std::set<std::string>> shards;
  for (const auto& [name, file] : index["weight_map"].items()) {
    VFFN_CHECK(file.is_string(), origin, ": weight_map: ", name, " should name a file, is ", file.dump());
    const std::string file_name = file.get<std::string>();
    VFFN_CHECK(!file_name.empty() && file_name != "." && file_name != ".." &&
                   file_name.find('/') == std::string::npos,
               origin, ": weight_map: ", file.dump(), " is not a file name in this folder");
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

/// See OpenHuggingFaceCheckpoint on tied heads.
void DropEqualHead(OpenedFiles& opened) {
  const auto head = std::ranges::find(opened.tensors, kHead, &TensorView::name);
  const auto embedding = std::ranges::find(opened.tensors, kEmbedding, &TensorView::name);
  if (head == opened.tensors.end() || embedding == opened.tensors.end()) {
    return;
  }
  VFFN_CHECK(
      head->type == embedding->type && head->shape == embedding->shape && head->bytes == embedding->bytes,
      opened.origin, ": tie_word_embeddings is true, but lm_head.weight differs from ", kEmbedding,
      ": versions of transformers disagree on which counts. Set tie_word_embeddings to false to use "
      "lm_head.weight, or remove it from the checkpoint to use the embedding");
  opened.tensors.erase(head);
}

}  // namespace

const Recipe& HuggingFaceRecipe() { return kLlamaRecipe; }

ModelConfig ReadHuggingFaceConfig(const Json& json, const std::string& origin) {
  const Fields fields(json, origin);
  RefuseUnsupported(fields);
  ModelConfig config;
  config.d_model = fields.RequiredInteger("hidden_size");
  config.n_layers = fields.RequiredInteger("num_hidden_layers");
  config.n_heads = fields.RequiredInteger("num_attention_heads");
  VFFN_CHECK(config.n_heads > 0, origin, ": num_attention_heads is ", config.n_heads);
  config.n_kv_heads = fields.Integer("num_key_value_heads").value_or(config.n_heads);
  config.head_size = fields.Integer("head_dim").value_or(config.d_model / config.n_heads);
  config.ffn_hidden_size = fields.RequiredInteger("intermediate_size");
  config.vocab_size = fields.RequiredInteger("vocab_size");
  config.max_sequence_length = fields.RequiredInteger("max_position_embeddings");
  config.rope_theta = RopeTheta(fields);
  config.norm_epsilon = fields.Number("rms_norm_eps").value_or(1e-6);
  config.tied_head = Flag(fields, "tie_word_embeddings");
  return config;
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
  opened.config = ReadHuggingFaceConfig(ReadJsonFile(config_path), config_path.string());
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
    DropEqualHead(opened);
  }
  return AccountForTensors(std::move(opened), kLlamaRecipe);
}

}  // namespace vffn
