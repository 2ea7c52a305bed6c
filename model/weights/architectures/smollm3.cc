// SmolLM3: Llama without rotary positions in some layers.
#include "base/error.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

/// no_rope_layers has a 1 for each layer with rotary positions and a 0 for each without. If it is absent,
/// each no_rope_layer_interval-th layer has none.
std::vector<int64_t> LayersWithoutRope(const Fields& config, int64_t n_layers) {
  constexpr std::string_view kList = "no_rope_layers";
  std::vector<int64_t> has_rope;
  if (config.Has(kList)) {
    has_rope = config.Get<std::vector<int64_t>>(kList);
    VFFN_CHECK(std::cmp_greater_equal(has_rope.size(), n_layers), config.Where(kList), " has ",
               has_rope.size(), " entries, the model has ", n_layers, " layers");
  } else {
    const int64_t interval =
        config.Has("no_rope_layer_interval") ? config.Integer("no_rope_layer_interval", 1) : 4;
    for (int64_t layer = 0; layer < n_layers; ++layer) {
      has_rope.push_back((layer + 1) % interval != 0 ? 1 : 0);
    }
  }
  std::vector<int64_t> without;
  for (int64_t layer = 0; layer < n_layers; ++layer) {
    if (has_rope[static_cast<size_t>(layer)] == 0) {
      without.push_back(layer);
    }
  }
  return without;
}

ModelConfig ReadSmollm3Config(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {.hidden_size = 2048,
                                                 .num_hidden_layers = 36,
                                                 .num_attention_heads = 16,
                                                 .num_key_value_heads = 4,
                                                 .vocab_size = 128256,
                                                 .max_position_embeddings = 32768,
                                                 .rope_theta = 2e6,
                                                 .tie_word_embeddings = true});
  model.no_rope_layers = LayersWithoutRope(config, model.n_layers);
  const std::optional<int64_t> window =
      config.Get("use_sliding_window", false) ? config.Optional<int64_t>("sliding_window") : std::nullopt;
  ReadLayerTypes(
      config, window, [&](int64_t layer) { return window && !model.HasRope(layer); }, model);
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
  model.ffn_bias = config.Get("mlp_bias", false);
  return model;
}

}  // namespace

Architecture Smollm3Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "SmolLM3ForCausalLM",
                                          .model_type = "smollm3",
                                          .tensors = HuggingFaceDecoderTensors(),
                                          .read_config = ReadSmollm3Config},
          .gguf = GgufFamily("smollm3")};
}

}  // namespace vffn
