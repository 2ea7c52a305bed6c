// GPT-2: LayerNorm, learned positions, FFN without gate; weights are stored as [in, out]. GPT-J: attention
// and FFN side by side, rotary positions with neighbouring pairs in the first dimensions of a head.
// GPTBigCode (StarCoder): GPT-2 with one head for keys and values.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/gpt_config.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

ModelConfig ReadGpt2Config(const Fields& config) {
  ModelConfig model = ReadGptConfig(config, {});
  RequireValue(config, "scale_attn_by_inverse_layer_idx", false);
  model.positions = Positions::kLearned;
  model.qkv_bias = model.attention_out_bias = true;
  if (!config.Get("scale_attn_weights", true)) {
    model.attention_scale = 1.0;
  }
  return model;
}

ModelConfig ReadGptjConfig(const Fields& config) {
  ModelConfig model = ReadGptConfig(
      config,
      {.vocab_size = 50400, .n_positions = 2048, .n_embd = 4096, .n_layer = 28, .n_head = 16, .tied = false});
  const int64_t rotary = config.Get<int64_t>("rotary_dim", 64);
  model.rotary_size = rotary == model.head_size ? 0 : rotary;
  model.residual = Residual::kParallelOneNorm;
  model.head_bias = true;
  return model;
}

ModelConfig ReadGptBigCodeConfig(const Fields& config) {
  ModelConfig model = ReadGptConfig(config, {.activation = "gelu_pytorch_tanh"});
  model.positions = Positions::kLearned;
  model.qkv_bias = model.attention_out_bias = true;
  if (config.Get("multi_query", true)) {
    model.n_kv_heads = 1;
  }
  if (!config.Get("scale_attn_weights", true)) {
    model.attention_scale = 1.0;
  }
  return model;
}

/// `transposed`: matrices are stored as [in, out]. `order`: of queries, keys and values.
Recipe Gpt2Tensors(bool transposed, RowOrder order) {
  const std::string layer = "transformer.h.{}.";
  Recipe recipe = {{"embedding.weight", {{"transformer.wte.weight"}}},
                   {"position_embedding.weight", {{"transformer.wpe.weight"}}},
                   {"head.weight", {{"lm_head.weight"}}}};
  for (const std::string kind : {"weight", "bias"}) {
    const auto linear = [&](const std::string& name, RowOrder row_order = RowOrder::kAsOurs) {
      return std::vector<Source>{{.name = layer + name + "." + kind,
                                  .order = row_order,
                                  .transposed = transposed && kind == "weight"}};
    };
    recipe["layers.{}.attention_norm." + kind] = {{layer + "ln_1." + kind}};
    recipe["layers.{}.qkv." + kind] = linear("attn.c_attn", order);
    recipe["layers.{}.attention_out." + kind] = linear("attn.c_proj");
    recipe["layers.{}.ffn_norm." + kind] = {{layer + "ln_2." + kind}};
    recipe["layers.{}.ffn_in." + kind] = linear("mlp.c_fc");
    recipe["layers.{}.ffn_out." + kind] = linear("mlp.c_proj");
    recipe["final_norm." + kind] = {{"transformer.ln_f." + kind}};
  }
  return recipe;
}

Recipe GptjTensors() {
  const std::string layer = "transformer.h.{}.";
  const std::string attention = layer + "attn.";
  Recipe recipe = {
      {"embedding.weight", {{"transformer.wte.weight"}}},
      {"layers.{}.qkv.weight",
       {{attention + "q_proj.weight", SourceRows::kQuery, RowOrder::kInterleaved},
        {attention + "k_proj.weight", SourceRows::kKeyValue, RowOrder::kInterleaved},
        {attention + "v_proj.weight", SourceRows::kKeyValue}}},
      {"layers.{}.attention_out.weight", {{attention + "out_proj.weight"}}},
  };
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.attention_norm." + kind] = {{layer + "ln_1." + kind}};
    recipe["final_norm." + kind] = {{"transformer.ln_f." + kind}};
    recipe["head." + kind] = {{"lm_head." + kind}};
  }
  SetPlainFfn(layer + "mlp.fc_in", layer + "mlp.fc_out", recipe);
  return recipe;
}

}  // namespace

Architecture Gpt2Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GPT2LMHeadModel",
                                          .model_type = "gpt2",
                                          .tensors = Gpt2Tensors(true, RowOrder::kAsOurs),
                                          .read_config = ReadGpt2Config},
          .gguf = GgufFamily("gpt2")};
}

Architecture GptBigCodeArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GPTBigCodeForCausalLM",
                                          .model_type = "gpt_bigcode",
                                          .tensors = Gpt2Tensors(false, RowOrder::kHeadGroups),
                                          .read_config = ReadGptBigCodeConfig}};
}

Architecture GptjArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GPTJForCausalLM",
                                          .model_type = "gptj",
                                          .tensors = GptjTensors(),
                                          .read_config = ReadGptjConfig}};
}

}  // namespace vffn
