// GPT-Neo: GPT-2 with query-key products that are not scaled and with a window in some layers.
#include "base/error.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

/// attention_types is a list of pairs: types of layers, and how often they are repeated.
void ReadAttentionTypes(const Fields& config, ModelConfig& model) {
  constexpr std::string_view kKey = "attention_types";
  const Json usual = {{{"global", "local"}, 12}};
  const Json* given = config.Find(kKey);
  std::vector<std::string> layers;
  for (const Json* item : ToElements(given == nullptr ? usual : *given, config.PlaceOf(kKey))) {
    const std::vector<const Json*> pair = ToElements(*item, config.PlaceOf(kKey));
    VFFN_CHECK(pair.size() == 2, config.Where(kKey), " has ", item->dump(), ", should have pairs");
    const auto types = ConvertJson<std::vector<std::string>>(*pair[0], config.PlaceOf(kKey));
    for (int64_t i = 0; i < ToInteger(*pair[1], config.PlaceOf(kKey), 0, model.n_layers); ++i) {
      layers.insert(layers.end(), types.begin(), types.end());
    }
  }
  VFFN_CHECK(std::cmp_equal(layers.size(), model.n_layers), config.Where(kKey), " gives ", layers.size(),
             " layers, the model has ", model.n_layers);
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    VFFN_CHECK(layers[layer] == "global" || layers[layer] == "local", config.Where(kKey), " has \"",
               layers[layer], "\", should be global or local");
    if (layers[layer] == "global") {
      model.full_attention_layers.push_back(static_cast<int64_t>(layer));
    }
  }
  model.window = config.Has("window_size") ? config.Integer("window_size", 1) : 256;
}

ModelConfig ReadGptNeoConfig(const Fields& config) {
  ModelConfig model = ReadGptConfig(config, {.n_positions = 2048,
                                             .n_embd = 2048,
                                             .n_layer = 24,
                                             .n_head = 16,
                                             .own_names = {.n_embd = "hidden_size",
                                                           .n_layer = "num_layers",
                                                           .n_head = "num_heads",
                                                           .n_positions = "max_position_embeddings",
                                                           .n_inner = "intermediate_size"}});
  model.positions = Positions::kLearned;
  model.attention_out_bias = true;
  model.attention_scale = 1.0;
  ReadAttentionTypes(config, model);
  return model;
}

Recipe GptNeoTensors() {
  const std::string layer = "transformer.h.{}.";
  const std::string attention = layer + "attn.attention.";
  Recipe recipe = {
      {"embedding.weight", {{"transformer.wte.weight"}}},
      {"position_embedding.weight", {{"transformer.wpe.weight"}}},
      {"layers.{}.qkv.weight",
       {{attention + "q_proj.weight"}, {attention + "k_proj.weight"}, {attention + "v_proj.weight"}}},
      {"head.weight", {{"lm_head.weight"}}}};
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.attention_norm." + kind] = {{layer + "ln_1." + kind}};
    recipe["layers.{}.attention_out." + kind] = {{attention + "out_proj." + kind}};
    recipe["layers.{}.ffn_norm." + kind] = {{layer + "ln_2." + kind}};
    recipe["final_norm." + kind] = {{"transformer.ln_f." + kind}};
  }
  SetPlainFfn(layer + "mlp.c_fc", layer + "mlp.c_proj", recipe);
  return recipe;
}

}  // namespace

Architecture GptNeoArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GPTNeoForCausalLM",
                                          .model_type = "gpt_neo",
                                          .tensors = GptNeoTensors(),
                                          .read_config = ReadGptNeoConfig}};
}

}  // namespace vffn
