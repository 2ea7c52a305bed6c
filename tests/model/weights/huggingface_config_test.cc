// What the configurations of Hugging Face folders mean.
#include <algorithm>

#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/huggingface_checkpoint.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ModelConfig ReadFolderConfig(const Json& config) { return ReadHuggingFaceConfig(config, "config.json"); }

std::string ErrorOfConfig(const Json& config) {
  return ErrorOf([&] { ReadFolderConfig(config); });
}

/// A config.json with that model_type and other keys.
Json FolderConfig(const std::string& model_type, const Json& keys = Json::object()) {
  Json config = {{"model_type", model_type}};
  config.update(keys);
  return config;
}

// The file has what transformers writes for its configuration classes without arguments.
TEST(HuggingFaceConfig, DefaultsAreThoseOfTransformers) {
  const Json defaults =
      ReadJsonFile(std::filesystem::path(VFFN_TESTS_DIR) / "golden/architecture_defaults.json");
  for (const Architecture& architecture : Architectures()) {
    if (!architecture.hugging_face) {
      continue;
    }
    const std::string& type = architecture.hugging_face->model_type;
    SCOPED_TRACE(type);
    ASSERT_TRUE(defaults.contains(type));
    Json bare = FolderConfig(type);
    if (defaults[type].contains("text_config")) {
      bare["text_config"] = Json::object();
    }
    EXPECT_EQ(ToJson(ReadFolderConfig(bare)), ToJson(ReadFolderConfig(defaults[type])));
  }
}

TEST(HuggingFaceConfig, IsReadByModelTypeOrElseByClass) {
  EXPECT_EQ(ReadFolderConfig(FolderConfig("llama")),
            ReadFolderConfig({{"architectures", {"LlamaForCausalLM"}}}));
  for (const char* name : {"LLaMAForCausalLM", "LlamaModel", "SomebodysForCausalLM", "LlamaForCausalLM"}) {
    EXPECT_EQ(ReadFolderConfig(FolderConfig("llama", {{"architectures", {name}}})),
              ReadFolderConfig(FolderConfig("llama")))
        << name;
  }
  EXPECT_EQ(ReadFolderConfig(FolderConfig("gpt2", {{"architectures", "GPT2LMHeadModel"}})),
            ReadFolderConfig(FolderConfig("gpt2")));
}

TEST(HuggingFaceConfig, SaysWhatAModelIsThatItDoesNotRead) {
  const auto supported = AllOf(HasSubstr("config.json: "), HasSubstr("upported: LlamaForCausalLM, "),
                               HasSubstr("GPTNeoXForCausalLM"));
  EXPECT_THAT(ErrorOfConfig(Json::object()),
              AllOf(supported, HasSubstr("neither model_type nor architectures")));
  EXPECT_THAT(ErrorOfConfig(FolderConfig("bert")),
              AllOf(supported, HasSubstr("\"bert\" is an encoder, which")));
  EXPECT_THAT(ErrorOfConfig(FolderConfig("t5")),
              AllOf(supported, HasSubstr("\"t5\" is an encoder with a decoder")));
  EXPECT_THAT(ErrorOfConfig(FolderConfig("mamba")), AllOf(supported, HasSubstr("recurrent layers")));
  EXPECT_THAT(ErrorOfConfig(FolderConfig("qwen2_vl")), AllOf(supported, HasSubstr("images")));
  EXPECT_THAT(ErrorOfConfig(FolderConfig("new_model")),
              AllOf(supported, HasSubstr("model_type = \"new_model\"")));
  EXPECT_THAT(ErrorOfConfig({{"architectures", {"NewForCausalLM"}}}),
              AllOf(supported, HasSubstr("architectures = \"NewForCausalLM\"")));
  EXPECT_THAT(ErrorOfConfig(FolderConfig("llama", {{"architectures", {"LlamaForSequenceClassification"}}})),
              AllOf(supported, HasSubstr("LlamaForSequenceClassification has another head")));
  EXPECT_THAT(ErrorOfConfig(FolderConfig("llama", {{"architectures", {"MistralForCausalLM"}}})),
              HasSubstr("architectures names MistralForCausalLM, but model_type is \"llama\", that of "
                        "LlamaForCausalLM: one of them is wrong"));
}

TEST(HuggingFaceConfig, RefusesOtherArithmeticByNameAndValue) {
  const struct {
    std::string model_type;
    Json keys;
    std::string message;
  } cases[] = {
      {"llama", {{"partial_rotary_factor", 0.5}}, "partial_rotary_factor = 0.5 is not supported, 1.0 is"},
      {"llama",
       {{"rope_parameters", {{"partial_rotary_factor", 0.5}}}},
       "rope_parameters.partial_rotary_factor"},
      {"llama", {{"is_encoder_decoder", true}}, "is_encoder_decoder = true is not supported, false is"},
      {"llama", {{"per_layer_config", {{"0", Json::object()}}}}, "per_layer_config"},
      {"qwen2",
       {{"rope_parameters", {{"full_attention", Json::object()}}}},
       "rope_parameters.full_attention"},
      {"qwen2", {{"layer_types", {"full_attention"}}}, "layer_types has 1 entries, the model has 32 layers"},
      {"qwen2", {{"num_hidden_layers", 1}, {"layer_types", {"sliding_attention"}}}, "there is no window"},
      {"qwen2", {{"num_hidden_layers", 1}, {"layer_types", {"linear_attention"}}}, "\"linear_attention\""},
      {"qwen3_moe", {{"decoder_sparse_step", 2}}, "decoder_sparse_step = 2 is not supported, 1 is"},
      {"qwen2_moe", {{"mlp_only_layers", {0}}}, "mlp_only_layers = [0] is not supported, [] is"},
      {"mistral", {{"sliding_window", 0}}, "sliding_window is 0, should be positive, or null"},
      {"gpt_neox",
       {{"head_dim", 32}},
       "head_dim = 32 is not supported, hidden_size / num_attention_heads (96) is"},
      {"gpt_neox", {{"rotary_pct", 0.01}}, "rotary_pct = 0.01 rotates 0 of 96 dimensions"},
      {"gpt2", {{"add_cross_attention", true}}, "add_cross_attention = true"},
      {"gpt2", {{"scale_attn_by_inverse_layer_idx", true}}, "scale_attn_by_inverse_layer_idx = true"},
      {"gemma", {{"use_bidirectional_attention", true}}, "use_bidirectional_attention = true"},
      {"gemma3_text", {{"attn_logit_softcapping", 50.0}}, "attn_logit_softcapping is not supported, null is"},
      {"gemma3_text",
       {{"rope_parameters", {{"sliding_attention", {{"rope_type", "linear"}, {"factor", 2.0}}}}}},
       "sliding_attention has a rope_type of its own, linear"},
      {"phi3", {{"rope_scaling", {{"type", "linear"}, {"factor", 2.0}}}}, "rope_type = \"linear\""},
      {"phi3", {{"rope_scaling", {{"type", "longrope"}, {"short_factor", {1.0}}}}}, "long_factor is missing"},
      {"smollm3", {{"no_rope_layers", {1, 0}}}, "no_rope_layers has 2 entries, the model has 36 layers"},
      {"falcon", {{"alibi", true}}, "alibi = true is not supported, false is"},
      {"falcon", {{"num_ln_in_parallel_attn", 2}}, "num_ln_in_parallel_attn = 2 is not supported, 1 is"},
      {"opt", {{"do_layer_norm_before", false}}, "do_layer_norm_before = false is not supported, true is"},
      {"opt", {{"word_embed_proj_dim", 512}}, "word_embed_proj_dim = 512 is not supported, 768 is"},
      {"gpt_neo", {{"num_layers", 3}}, "attention_types is 12, should be a whole number from 0 to 3"},
      {"granite", {{"logits_scaling", 0}}, "logits_scaling is 0, should be positive"},
      {"starcoder2", {{"hidden_act", "quick_gelu"}}, "hidden_act = \"quick_gelu\" is not supported"},
      {"llama", {{"quantization_config", {{"quant_method", "gptq"}}}}, "weights quantised by gptq"},
  };
  for (const auto& [model_type, keys, message] : cases) {
    EXPECT_THAT(ErrorOfConfig(FolderConfig(model_type, keys)),
                AllOf(HasSubstr("config.json: "), HasSubstr(message)))
        << model_type << " " << keys;
  }
}

TEST(HuggingFaceConfig, KeysWithoutEffectAreIgnored) {
  const Json keys = {
      {"attention_dropout", 0.3}, {"initializer_range", 0.1},     {"use_cache", false},
      {"pretraining_tp", 1},      {"torch_dtype", "bfloat16"},    {"transformers_version", "4.0"},
      {"auto_map", {{"a", "b"}}}, {"output_router_logits", true}, {"router_aux_loss_coef", 0.1},
      {"rope_scaling", nullptr},  {"_name_or_path", "x"},         {"is_decoder", true}};
  for (const char* type : {"llama", "olmoe", "gpt_neox", "gemma2"}) {
    EXPECT_EQ(ReadFolderConfig(FolderConfig(type, keys)), ReadFolderConfig(FolderConfig(type))) << type;
  }
}

TEST(HuggingFaceConfig, NullMeansWhatItMeansInTransformers) {
  EXPECT_EQ(ReadFolderConfig(FolderConfig("mistral")).window, 4096);
  EXPECT_EQ(ReadFolderConfig(FolderConfig("mistral", {{"sliding_window", nullptr}})).window, 0);
  EXPECT_EQ(ReadFolderConfig(FolderConfig("mistral")).n_kv_heads, 8);
  EXPECT_EQ(ReadFolderConfig(FolderConfig("qwen2", {{"num_attention_heads", 64}})).n_kv_heads, 32);
  EXPECT_EQ(
      ReadFolderConfig(FolderConfig("qwen2", {{"num_attention_heads", 64}, {"num_key_value_heads", nullptr}}))
          .n_kv_heads,
      64);
  EXPECT_EQ(ReadFolderConfig(FolderConfig("gemma2")).logit_softcap, 30.0);
  EXPECT_EQ(ReadFolderConfig(FolderConfig("gemma2", {{"final_logit_softcapping", nullptr}})).logit_softcap,
            std::nullopt);
}

TEST(HuggingFaceConfig, WindowsFollowTheirLayers) {
  const ModelConfig qwen = ReadFolderConfig(FolderConfig("qwen2", {{"num_hidden_layers", 4},
                                                                   {"use_sliding_window", true},
                                                                   {"sliding_window", 7},
                                                                   {"max_window_layers", 2}}));
  EXPECT_EQ(qwen.window, 7);
  EXPECT_THAT(qwen.full_attention_layers, ElementsAre(0, 1));
  const ModelConfig all = ReadFolderConfig(FolderConfig(
      "qwen2", {{"num_hidden_layers", 4}, {"use_sliding_window", true}, {"max_window_layers", 4}}));
  EXPECT_EQ(all.window, 0);
  EXPECT_THAT(all.full_attention_layers, IsEmpty());
  EXPECT_THAT(ReadFolderConfig(FolderConfig("olmo3", {{"num_hidden_layers", 9}})).full_attention_layers,
              ElementsAre(3, 7));
  EXPECT_THAT(
      ReadFolderConfig(FolderConfig("gemma3_text", {{"num_hidden_layers", 13}})).full_attention_layers,
      ElementsAre(5, 11));
  const ModelConfig cohere = ReadFolderConfig(FolderConfig("cohere2", {{"num_hidden_layers", 5}}));
  EXPECT_THAT(cohere.full_attention_layers, ElementsAre(3));
  EXPECT_THAT(cohere.no_rope_layers, ElementsAre(3));
}

TEST(HuggingFaceConfig, ComputesAttentionFactors) {
  const auto factor = [](const Json& rope) {
    return ReadFolderConfig(FolderConfig("llama", {{"rope_scaling", rope}})).rope_scaling.attention_factor;
  };
  const Json yarn = {{"type", "yarn"}, {"factor", 4.0}};
  EXPECT_NEAR(factor(yarn), 1.138629436111989, 1e-12);  // 0.1 ln(4) + 1
  Json given = yarn;
  given["attention_factor"] = 0.7;
  EXPECT_EQ(factor(given), 0.7);
  Json scaled = yarn;
  scaled["mscale"] = 2.0;
  scaled["mscale_all_dim"] = 0.5;
  EXPECT_NEAR(factor(scaled), 1.277258872223978 / 1.069314718055995, 1e-12);
  const ModelConfig phi =
      ReadFolderConfig(FolderConfig("phi3", {{"max_position_embeddings", 131072},
                                             {"rope_scaling",
                                              {{"type", "longrope"},
                                               {"short_factor", std::vector<double>(48, 1.0)},
                                               {"long_factor", std::vector<double>(48, 2.0)}}}}));
  EXPECT_NEAR(phi.rope_scaling.attention_factor, 1.190238071523845, 1e-8);  // Phi-3-mini-128k: sqrt(1 + 5/12)
  EXPECT_EQ(phi.rope_scaling.original_max_sequence_length, 4096);
}

}  // namespace
}  // namespace vffn
