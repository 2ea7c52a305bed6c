#include "model/weights/gguf_checkpoint.h"

#include <set>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "model/weights/mapped_checkpoint.h"

namespace vffn {
namespace {

const Recipe kLlamaRecipe = {
    {"embedding.weight", {{"token_embd.weight"}}},
    {"layers.{}.attention_norm.weight", {{"blk.{}.attn_norm.weight"}}},
    {"layers.{}.qkv.weight",
     {{"blk.{}.attn_q.weight", SourceRows::kQuery, RowOrder::kInterleaved},
      {"blk.{}.attn_k.weight", SourceRows::kKeyValue, RowOrder::kInterleaved},
      {"blk.{}.attn_v.weight", SourceRows::kKeyValue}}},
    {"layers.{}.attention_out.weight", {{"blk.{}.attn_output.weight"}}},
    {"layers.{}.ffn_norm.weight", {{"blk.{}.ffn_norm.weight"}}},
    {"layers.{}.ffn_in.weight", {{"blk.{}.ffn_up.weight"}, {"blk.{}.ffn_gate.weight"}}},
    {"layers.{}.ffn_out.weight", {{"blk.{}.ffn_down.weight"}}},
    {"final_norm.weight", {{"output_norm.weight"}}},
    {"head.weight", {{"output.weight"}}},
};

/// Keys that are read into ModelConfig or checked against it.
const std::set<std::string, std::less<>> kUnderstoodKeys = {
    "llama.attention.head_count",   "llama.attention.head_count_kv",
    "llama.attention.key_length",   "llama.attention.layer_norm_rms_epsilon",
    "llama.attention.value_length", "llama.block_count",
    "llama.context_length",         "llama.embedding_length",
    "llama.feed_forward_length",    "llama.rope.dimension_count",
    "llama.rope.freq_base",         "llama.vocab_size",
};

/// Keys that change nothing at one value, and are refused at every other.
const std::map<std::string, std::string, std::less<>> kNeutralValues = {
    {"llama.attention.causal", "true"},  {"llama.expert_count", "0"},
    {"llama.expert_used_count", "0"},    {"llama.rope.scaling.factor", "1"},
    {"llama.rope.scaling.type", "none"}, {"llama.use_parallel_residual", "false"},
};

void RefuseUnsupported(const GgufFile& file) {
  const std::string architecture = file.String("general.architecture").value_or("");
  VFFN_CHECK(architecture == "llama", file.origin(), ": architecture \"", architecture,
             "\" (general.architecture) is not supported, \"llama\" is");
  const std::string type = file.String("general.type").value_or("model");
  VFFN_CHECK(type == "model", file.origin(), ": general.type is \"", type, "\", should be \"model\"");
  const int64_t parts = file.Integer("split.count").value_or(1);
  VFFN_CHECK(
      parts <= 1, file.origin(), ": split.count is ", parts,
      ": models split over several GGUF files are not supported; join them with llama-gguf-split --merge");
  for (const auto& [key, value] : file.metadata()) {
    if (!key.starts_with("llama.") || kUnderstoodKeys.contains(key)) {
      continue;
    }
    const auto neutral = kNeutralValues.find(key);
    VFFN_CHECK(neutral != kNeutralValues.end() && file.Text(key) == neutral->second, file.origin(),
               ": metadata key ", key, " = ", file.Text(key),
               " is not supported: it may change what the model computes");
  }
}

int64_t RequiredInteger(const GgufFile& file, const char* key) {
  const std::optional<int64_t> value = file.Integer(key);
  VFFN_CHECK(value.has_value(), file.origin(), ": metadata key ", key, " is missing");
  return *value;
}

void CheckEqual(const GgufFile& file, const char* key, int64_t expected, const char* what) {
  const int64_t value = file.Integer(key).value_or(expected);
  VFFN_CHECK(value == expected, file.origin(), ": ", key, " is ", value, ", but ", what, " is ", expected,
             ": not supported");
}

const TensorView* FindTensor(const GgufFile& file, std::string_view name) {
  for (const TensorView& tensor : file.tensors()) {
    if (tensor.name == name) {
      return &tensor;
    }
  }
  return nullptr;
}

int64_t VocabSize(const GgufFile& file) {
  const TensorView* embedding = FindTensor(file, "token_embd.weight");
  VFFN_CHECK(embedding != nullptr && embedding->shape.size() == 2, file.origin(),
             ": there is no matrix token_embd.weight: not a model, or only a vocabulary");
  return file.Integer("llama.vocab_size").value_or(embedding->shape[0]);
}

}  // namespace

ModelConfig ReadGgufConfig(const GgufFile& file) {
  RefuseUnsupported(file);
  VFFN_CHECK(FindTensor(file, "rope_freqs.weight") == nullptr, file.origin(),
             ": tensor rope_freqs.weight: rotary frequency factors (Llama 3.1 and later) are not supported");
  ModelConfig config;
  config.d_model = RequiredInteger(file, "llama.embedding_length");
  config.n_layers = RequiredInteger(file, "llama.block_count");
  config.n_heads = RequiredInteger(file, "llama.attention.head_count");
  VFFN_CHECK(config.n_heads > 0, file.origin(), ": llama.attention.head_count is ", config.n_heads);
  config.n_kv_heads = file.Integer("llama.attention.head_count_kv").value_or(config.n_heads);
  if (const auto key_length = file.Integer("llama.attention.key_length")) {
    config.head_size = *key_length;
  } else {
    VFFN_CHECK(config.d_model % config.n_heads == 0, file.origin(), ": llama.attention.head_count (",
               config.n_heads, ") does not divide llama.embedding_length (", config.d_model, ")");
    config.head_size = config.d_model / config.n_heads;
  }
  CheckEqual(file, "llama.attention.value_length", config.head_size, "the head size");
  CheckEqual(file, "llama.rope.dimension_count", config.head_size, "the head size");
  config.ffn_hidden_size = RequiredInteger(file, "llama.feed_forward_length");
  config.vocab_size = VocabSize(file);
  config.max_sequence_length = RequiredInteger(file, "llama.context_length");
  config.rope_theta = file.Float("llama.rope.freq_base").value_or(10000.0);
  const std::optional<double> epsilon = file.Float("llama.attention.layer_norm_rms_epsilon");
  VFFN_CHECK(epsilon.has_value(), file.origin(),
             ": metadata key llama.attention.layer_norm_rms_epsilon is missing");
  config.norm_epsilon = *epsilon;
  config.tied_head = FindTensor(file, "output.weight") == nullptr;
  return config;
}

std::unique_ptr<Checkpoint> OpenGgufCheckpoint(const std::filesystem::path& path,
                                               std::string_view model_args) {
  OpenedFiles opened;
  opened.model_args = model_args;
  opened.format = "gguf";
  opened.origin = path.string();
  opened.files = {path};
  const MappedFile& mapping = opened.mappings.emplace_back(path);
  const GgufFile file(mapping.bytes(), opened.origin);
  opened.config = ReadGgufConfig(file);
  opened.tensors = file.tensors();
  return AccountForTensors(std::move(opened), kLlamaRecipe);
}

}  // namespace vffn
