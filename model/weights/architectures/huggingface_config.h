// The parts of Hugging Face checkpoints that most decoder architectures have in common.
#pragma once

#include <functional>
#include <string_view>

#include "base/fields.h"
#include "model/config.h"
#include "model/weights/recipe.h"

namespace vffn {

/// What transformers' configuration class of an architecture assumes where config.json has no key, and the
/// names of keys that differ between the classes.
struct HuggingFaceDefaults {
  int64_t hidden_size = 4096;
  int64_t intermediate_size = 11008;
  int64_t num_hidden_layers = 32;
  int64_t num_attention_heads = 32;
  int64_t num_key_value_heads = 0;  ///< 0: as num_attention_heads
  int64_t head_dim = 0;             ///< 0: hidden_size / num_attention_heads
  int64_t vocab_size = 32000;
  int64_t max_position_embeddings = 2048;
  std::string_view norm_epsilon_key = "rms_norm_eps";
  double norm_epsilon = 1e-6;
  std::string_view activation_key = "hidden_act";
  std::string_view activation = "silu";
  double rope_theta = 10000.0;
  /// Of architectures that can rotate a part of each head: the share. 0: they rotate all of it.
  double partial_rotary_factor = 0;
  bool tie_word_embeddings = false;
};

/// Throws Error, naming key and value, unless the key is absent or has the supported value.
void RequireValue(const Fields& config, std::string_view key, const Json& supported);

/// Sizes, activation, norm epsilon, tied head and rotary positions (huggingface_rope.h) of a config.json
/// whose keys are named as Llama's. A key that is null counts as absent, except num_key_value_heads, where
/// null stands for num_attention_heads. Throws Error if a value is malformed or not supported.
ModelConfig ReadDecoderConfig(const Fields& config, const HuggingFaceDefaults& defaults);

/// ReadDecoderConfig without positions.
ModelConfig ReadDecoderSizes(const Fields& config, const HuggingFaceDefaults& defaults);

/// The activation of that name in transformers (ACT2FN). Throws Error if it is not supported.
Activation ActivationOf(const Fields& config, std::string_view key, std::string_view otherwise);

/// Throws Error if config.json gives a head_dim other than hidden_size / num_attention_heads, which some
/// architectures use for a part of their arithmetic.
void RequireUsualHeadSize(const Fields& config, const ModelConfig& model);

/// The value of `key`, null included: `otherwise` only if the key is absent. For keys where null has a
/// meaning of its own, such as sliding_window.
std::optional<int64_t> IntegerOrNull(const Fields& config, std::string_view key,
                                     std::optional<int64_t> otherwise);

/// Gives every layer a window of sliding_window tokens; none if it is null. `otherwise` if the key is absent.
void ReadWindow(const Fields& config, std::optional<int64_t> otherwise, ModelConfig& model);

/// Gives layers a window by `layer_types`; where the key is absent, those for which `slides` holds. `window`
/// is the configuration's. Throws Error if a layer type is unknown, or a layer slides without a window.
void ReadLayerTypes(const Fields& config, std::optional<int64_t> window,
                    const std::function<bool(int64_t layer)>& slides, ModelConfig& model);

/// The keys of routed experts and what a configuration class assumes without them.
struct ExpertKeys {
  std::vector<std::string_view> count;  ///< names of the number of experts; the last one there counts
  int64_t default_count = 0;
  int64_t default_top_k = 0;
  std::string_view hidden_size = "intermediate_size";
  int64_t default_hidden_size = 0;
};

/// Puts routed experts in the place of the FFN, with gate weights that add up to 1.
void ReadExperts(const Fields& config, const ExpertKeys& keys, ModelConfig& model);

/// The tensors of an architecture that names them as Llama does: separate q, k, v, gate and up projections,
/// norms of queries and keys; biases included.
Recipe HuggingFaceDecoderTensors();

/// The name of a layer's tensor or module in HuggingFaceDecoderTensors: "model.layers.{}." and `name`.
std::string HuggingFaceLayer(std::string_view name);

/// Replaces the FFN of a recipe by one without gate, of two linear layers of those names.
void SetPlainFfn(const std::string& in, const std::string& out, Recipe& recipe);

/// Adds experts with a tensor for each matrix of each expert; names hold "{}" and "{e}" and have no
/// ".weight".
void AddExperts(const std::string& up, const std::string& gate, const std::string& down, Recipe& recipe);

/// Experts in two tensors: [N, 2s, d], the gates before the linear halves, and [N, d, s].
Recipe StackedExperts(const std::string& gate_up, const std::string& down);

/// HuggingFaceDecoderTensors with experts, each of which is named as Llama's FFN (OLMoE, Qwen).
Recipe GatedExpertTensors();
/// The same experts as transformers 5 holds them in memory.
Recipe StackedGatedExperts();

}  // namespace vffn
