#include "model/weights/architectures/huggingface_config.h"

#include <array>
#include <optional>

#include "base/error.h"
#include "base/json.h"
#include "model/weights/architectures/huggingface_rope.h"

namespace vffn {
namespace {

// Types of layers in transformers; "attention" is an old name of full_attention.
constexpr std::string_view kSliding = "sliding_attention";
constexpr std::array<std::string_view, 2> kFull = {"full_attention", "attention"};

bool SlidesByName(const Json& type, const JsonPlace& place) {
  const std::string& name = ToText(type, place);
  VFFN_CHECK(name == kSliding || name == kFull[0] || name == kFull[1], place.Text(), " has \"", name,
             "\", which is not supported; full_attention and sliding_attention are");
  return name == kSliding;
}

int64_t KeyValueHeads(const Fields& config, int64_t otherwise, int64_t n_heads) {
  const std::optional<int64_t> given =
      IntegerOrNull(config, "num_key_value_heads", otherwise == 0 ? n_heads : otherwise);
  return given.value_or(n_heads);
}

void CheckNothingRefused(const Fields& config) {
  RequireValue(config, "is_encoder_decoder", false);
  RequireValue(config, "use_bidirectional_attention", false);
  VFFN_CHECK(!config.Has("per_layer_config"), config.Where("per_layer_config"),
             ": layers of different sizes are not supported");
}

}  // namespace

std::string HuggingFaceLayer(std::string_view name) { return std::string("model.layers.{}.").append(name); }

void RequireValue(const Fields& config, std::string_view key, const Json& supported) {
  const Json* value = config.Find(key);
  VFFN_CHECK(value == nullptr || *value == supported, config.Where(key), " = ", value->dump(),
             " is not supported, ", supported.dump(), " is");
}

Activation ActivationOf(const Fields& config, std::string_view key, std::string_view otherwise) {
  const auto name = config.Get<std::string>(key, std::string(otherwise));
  constexpr std::pair<std::string_view, Activation> kNames[] = {
      {"silu", Activation::kSilu},
      {"swish", Activation::kSilu},
      {"gelu", Activation::kGelu},
      {"gelu_python", Activation::kGelu},
      {"gelu_new", Activation::kGeluTanh},
      {"gelu_fast", Activation::kGeluTanh},
      {"gelu_accurate", Activation::kGeluTanh},
      {"gelu_pytorch_tanh", Activation::kGeluTanh},
      {"gelu_python_tanh", Activation::kGeluTanh},
      {"relu", Activation::kRelu},
  };
  std::string supported;
  for (const auto& [candidate, activation] : kNames) {
    if (candidate == name) {
      return activation;
    }
    supported.append(supported.empty() ? "" : ", ").append(candidate);
  }
  Fail(config.Where(key), " = \"", name, "\" is not supported; supported: ", supported);
}

std::optional<int64_t> IntegerOrNull(const Fields& config, std::string_view key,
                                     std::optional<int64_t> otherwise) {
  return config.IsNull(key) ? std::nullopt : config.Has(key) ? config.Optional<int64_t>(key) : otherwise;
}

void RequireUsualHeadSize(const Fields& config, const ModelConfig& model) {
  const int64_t usual = model.d_model / model.n_heads;
  VFFN_CHECK(model.head_size == usual, config.Where("head_dim"), " = ", model.head_size,
             " is not supported, hidden_size / num_attention_heads (", usual, ") is");
}

ModelConfig ReadDecoderSizes(const Fields& config, const HuggingFaceDefaults& defaults) {
  CheckNothingRefused(config);
  const auto size = [&](std::string_view key, int64_t otherwise) {
    return config.Has(key) ? config.Integer(key, 1) : otherwise;
  };
  ModelConfig model;
  model.d_model = size("hidden_size", defaults.hidden_size);
  model.n_layers = size("num_hidden_layers", defaults.num_hidden_layers);
  model.n_heads = size("num_attention_heads", defaults.num_attention_heads);
  model.n_kv_heads = KeyValueHeads(config, defaults.num_key_value_heads, model.n_heads);
  model.head_size =
      size("head_dim", defaults.head_dim == 0 ? model.d_model / model.n_heads : defaults.head_dim);
  model.ffn_hidden_size = size("intermediate_size", defaults.intermediate_size);
  model.vocab_size = size("vocab_size", defaults.vocab_size);
  model.max_sequence_length = size("max_position_embeddings", defaults.max_position_embeddings);
  model.norm_epsilon = config.Get(defaults.norm_epsilon_key, defaults.norm_epsilon);
  model.tied_head = config.Get("tie_word_embeddings", defaults.tie_word_embeddings);
  model.activation = ActivationOf(config, defaults.activation_key, defaults.activation);
  return model;
}

ModelConfig ReadDecoderConfig(const Fields& config, const HuggingFaceDefaults& defaults) {
  ModelConfig model = ReadDecoderSizes(config, defaults);
  ReadRope(config,
           {.theta = defaults.rope_theta,
            .partial_rotary_factor = defaults.partial_rotary_factor == 0 ? 1 : defaults.partial_rotary_factor,
            .can_be_partial = defaults.partial_rotary_factor != 0},
           model);
  return model;
}

void ReadWindow(const Fields& config, std::optional<int64_t> otherwise, ModelConfig& model) {
  const std::optional<int64_t> window = IntegerOrNull(config, "sliding_window", otherwise);
  VFFN_CHECK(!window || *window >= 1, config.Where("sliding_window"), " is ", window.value_or(0),
             ", should be positive, or null for none");
  model.window = window.value_or(0);
}

void ReadLayerTypes(const Fields& config, std::optional<int64_t> window,
                    const std::function<bool(int64_t layer)>& slides, ModelConfig& model) {
  constexpr std::string_view kKey = "layer_types";
  const Json* types = config.Find(kKey);
  const JsonPlace place = config.PlaceOf(kKey);
  VFFN_CHECK(types == nullptr || std::cmp_equal(ToElements(*types, place).size(), model.n_layers),
             config.Where(kKey), " has ", types == nullptr ? 0 : types->size(), " entries, the model has ",
             model.n_layers, " layers");
  bool any_slides = false;
  model.full_attention_layers.clear();
  for (int64_t layer = 0; layer < model.n_layers; ++layer) {
    if (types == nullptr ? slides(layer) : SlidesByName((*types)[static_cast<size_t>(layer)], place)) {
      any_slides = true;
    } else {
      model.full_attention_layers.push_back(layer);
    }
  }
  if (!any_slides) {
    model.full_attention_layers.clear();
    return;
  }
  VFFN_CHECK(window && *window >= 1, config.Where(kKey), " has ", kSliding,
             " layers, but there is no window: sliding_window is null or not used");
  model.window = *window;
}

void ReadExperts(const Fields& config, const ExpertKeys& keys, ModelConfig& model) {
  FfnConfig& ffn = model.ffn;
  ffn.kind = FfnKind::kSparseMoe;
  ffn.n_experts = keys.default_count;
  for (const std::string_view key : keys.count) {
    ffn.n_experts = config.Get(key, ffn.n_experts);
  }
  ffn.top_k = config.Get("num_experts_per_tok", keys.default_top_k);
  ffn.expert_hidden_size = config.Get(keys.hidden_size, keys.default_hidden_size);
  model.ffn_hidden_size = 0;
}

Recipe HuggingFaceDecoderTensors() {
  const std::string layer = HuggingFaceLayer("");
  const std::string attention = layer + "self_attn.";
  const std::string ffn = layer + "mlp.";
  Recipe recipe = {{"embedding.weight", {{"model.embed_tokens.weight"}}}};
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.attention_norm." + kind] = {{layer + "input_layernorm." + kind}};
    recipe["layers.{}.qkv." + kind] = {{attention + "q_proj." + kind, SourceRows::kQuery},
                                       {attention + "k_proj." + kind, SourceRows::kKeyValue},
                                       {attention + "v_proj." + kind, SourceRows::kKeyValue}};
    recipe["layers.{}.q_norm." + kind] = {{attention + "q_norm." + kind}};
    recipe["layers.{}.k_norm." + kind] = {{attention + "k_norm." + kind}};
    recipe["layers.{}.attention_out." + kind] = {{attention + "o_proj." + kind}};
    recipe["layers.{}.ffn_norm." + kind] = {{layer + "post_attention_layernorm." + kind}};
    recipe["layers.{}.ffn_in." + kind] = {{ffn + "up_proj." + kind}, {ffn + "gate_proj." + kind}};
    recipe["layers.{}.ffn_out." + kind] = {{ffn + "down_proj." + kind}};
    recipe["final_norm." + kind] = {{"model.norm." + kind}};
    recipe["head." + kind] = {{"lm_head." + kind}};
  }
  return recipe;
}

void SetPlainFfn(const std::string& in, const std::string& out, Recipe& recipe) {
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.ffn_in." + kind] = {{in + "." + kind}};
    recipe["layers.{}.ffn_out." + kind] = {{out + "." + kind}};
  }
}

void AddExperts(const std::string& up, const std::string& gate, const std::string& down, Recipe& recipe) {
  recipe["layers.{}.experts_in.weight"] = {{up + ".weight"}, {gate + ".weight"}};
  recipe["layers.{}.experts_out.weight"] = {{down + ".weight", SourceRows::kColumnShare}};
}

Recipe StackedExperts(const std::string& gate_up, const std::string& down) {
  return {{"layers.{}.experts_in.weight",
           {{.name = gate_up, .order = RowOrder::kGateFirst, .stacks_experts = true}}},
          {"layers.{}.experts_out.weight",
           {{.name = down, .rows = SourceRows::kColumnShare, .stacks_experts = true}}}};
}

Recipe GatedExpertTensors() {
  const std::string block = HuggingFaceLayer("mlp.");
  const std::string expert = block + "experts.{e}.";
  Recipe recipe = HuggingFaceDecoderTensors();
  recipe["layers.{}.router.weight"] = {{block + "gate.weight"}};
  AddExperts(expert + "up_proj", expert + "gate_proj", expert + "down_proj", recipe);
  return recipe;
}

Recipe StackedGatedExperts() {
  const std::string experts = HuggingFaceLayer("mlp.experts.");
  return StackedExperts(experts + "gate_up_proj", experts + "down_proj");
}

}  // namespace vffn
