#include <string>

#include "model/weights/architectures/gguf_config.h"

namespace vffn {
namespace {

/// Norms and biases that a model does not have do no harm.
Recipe CommonTensors() {
  Recipe recipe = {
      {"embedding.weight", {{"token_embd.weight"}}},
      {"position_embedding.weight", {{"position_embd.weight"}}},
      {"layers.{}.router.weight", {{"blk.{}.ffn_gate_inp.weight"}}},
      {"layers.{}.shared_expert_gate.weight", {{"blk.{}.ffn_gate_inp_shexp.weight"}}},
  };
  for (const std::string kind : {"weight", "bias"}) {
    const std::string block = "blk.{}.";
    recipe["layers.{}.attention_norm." + kind] = {{block + "attn_norm." + kind}};
    recipe["layers.{}.attention_post_norm." + kind] = {{block + "post_attention_norm." + kind}};
    recipe["layers.{}.attention_out." + kind] = {{block + "attn_output." + kind}};
    recipe["layers.{}.ffn_norm." + kind] = {{block + "ffn_norm." + kind}};
    recipe["layers.{}.ffn_post_norm." + kind] = {{block + "post_ffw_norm." + kind}};
    recipe["final_norm." + kind] = {{"output_norm." + kind}};
    recipe["head." + kind] = {{"output." + kind}};
  }
  return recipe;
}

void AddAttention(const GgufFile& file, RowOrder order, Recipe& recipe) {
  const bool fused = file.FindTensor("blk.0.attn_qkv.weight") != nullptr;
  for (const std::string kind : {"weight", "bias"}) {
    const std::string block = "blk.{}.";
    recipe["layers.{}.qkv." + kind] =
        fused ? std::vector<Source>{{block + "attn_qkv." + kind}}
              : std::vector<Source>{{block + "attn_q." + kind, SourceRows::kQuery, order},
                                    {block + "attn_k." + kind, SourceRows::kKeyValue, order},
                                    {block + "attn_v." + kind, SourceRows::kKeyValue}};
    recipe["layers.{}.q_norm." + kind] = {{block + "attn_q_norm." + kind, SourceRows::kShare, order}};
    recipe["layers.{}.k_norm." + kind] = {{block + "attn_k_norm." + kind, SourceRows::kShare, order}};
  }
}

void AddFfn(const GgufFile& file, const ModelConfig& model, Recipe& recipe) {
  const bool experts = model.ffn.kind == FfnKind::kSparseMoe;
  const std::string suffix = experts ? "_shexp." : ".";
  // Phi-3 has both halves in one tensor.
  const bool fused = model.gated && file.FindTensor("blk.0.ffn_gate" + suffix + "weight") == nullptr;
  for (const std::string kind : {"weight", "bias"}) {
    const Source up = {"blk.{}.ffn_up" + suffix + kind, SourceRows::kShare,
                       fused ? RowOrder::kGateFirst : RowOrder::kAsOurs};
    std::vector<Source>& in = recipe["layers.{}.ffn_in." + kind];
    in = {up};
    if (model.gated && !fused) {
      in.push_back({"blk.{}.ffn_gate" + suffix + kind});
    }
    recipe["layers.{}.ffn_out." + kind] = {{"blk.{}.ffn_down" + suffix + kind}};
  }
  recipe["layers.{}.experts_in.weight"] = {{.name = "blk.{}.ffn_up_exps.weight", .stacks_experts = true},
                                           {.name = "blk.{}.ffn_gate_exps.weight", .stacks_experts = true}};
  recipe["layers.{}.experts_out.weight"] = {
      {.name = "blk.{}.ffn_down_exps.weight", .rows = SourceRows::kColumnShare, .stacks_experts = true}};
}

}  // namespace

Recipe GgufTensors(const GgufFile& file, const ModelConfig& model, const GgufTraits& traits) {
  Recipe recipe = CommonTensors();
  AddAttention(file, traits.rotary_order, recipe);
  AddFfn(file, model, recipe);
  return recipe;
}

}  // namespace vffn
