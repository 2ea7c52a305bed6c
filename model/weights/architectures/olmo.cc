// OLMo's blocks. With norm_after (OLMo 2) the norms of a block are those of its outputs.
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/olmo_config.h"
#include "model/weights/architectures/olmo_heads.h"

namespace vffn {
namespace {

ModelConfig ReadDense(const OlmoFolder& folder) {
  return ReadOlmoConfig(folder.config, FfnKind::kDense).model;
}

ModelConfig ReadVersatile(const OlmoFolder& folder) {
  return CompleteFromHeads(ReadOlmoConfig(folder.config, FfnKind::kVersatile), folder);
}

/// The tensors of both block types, queries, keys and values aside.
Recipe CommonTensors() {
  Recipe recipe = {
      {"embedding.weight", {{"transformer.wte.weight"}}},
      {"position_embedding.weight", {{"transformer.wpe.weight"}}},
  };
  for (const std::string kind : {"weight", "bias"}) {
    const std::string block = "transformer.blocks.{}.";
    const std::vector<Source> attention_norm = {{block + "attn_norm." + kind}};
    const std::vector<Source> ffn_norm = {{block + "ff_norm." + kind}};
    recipe["layers.{}.attention_norm." + kind] = attention_norm;
    recipe["layers.{}.attention_post_norm." + kind] = attention_norm;
    recipe["layers.{}.q_norm." + kind] = {{block + "q_norm." + kind}};
    recipe["layers.{}.k_norm." + kind] = {{block + "k_norm." + kind}};
    recipe["layers.{}.attention_out." + kind] = {{block + "attn_out." + kind}};
    recipe["layers.{}.ffn_norm." + kind] = ffn_norm;
    recipe["layers.{}.ffn_post_norm." + kind] = ffn_norm;
    recipe["layers.{}.ffn_in." + kind] = {{block + "ff_proj." + kind}};
    recipe["layers.{}.ffn_out." + kind] = {{block + "ff_out." + kind}};
    recipe["final_norm." + kind] = {{"transformer.ln_f." + kind}};
    recipe["head." + kind] = {{"transformer.ff_out." + kind}};
  }
  return recipe;
}

Recipe FusedTensors() {
  Recipe recipe = CommonTensors();
  for (const std::string kind : {"weight", "bias"}) {
    recipe["layers.{}.qkv." + kind] = {{"transformer.blocks.{}.att_proj." + kind}};
  }
  return recipe;
}

Recipe SeparateTensors() {
  Recipe recipe = CommonTensors();
  for (const std::string kind : {"weight", "bias"}) {
    const std::string block = "transformer.blocks.{}.";
    recipe["layers.{}.qkv." + kind] = {{block + "q_proj." + kind, SourceRows::kQuery},
                                       {block + "k_proj." + kind, SourceRows::kKeyValue},
                                       {block + "v_proj." + kind, SourceRows::kKeyValue}};
  }
  return recipe;
}

Recipe VersatileTensors() {
  Recipe recipe = FusedTensors();
  recipe["layers.{}.router.weight"] = {{"transformer.blocks.{}.expert_gate.weight"}};
  recipe["layers.{}.loop_head.weight"] = {{"transformer.blocks.{}.depth_predictor.weight"}};
  return recipe;
}

}  // namespace

Architecture OlmoArchitecture() {
  return {.olmo =
              OlmoForm{.block_types = {"sequential"}, .tensors = FusedTensors(), .read_config = ReadDense}};
}

/// The arithmetic of "sequential" with separate q, k and v, and without norm_after.
Architecture OlmoLlamaArchitecture() {
  return {.olmo = OlmoForm{.block_types = {"llama"}, .tensors = SeparateTensors(), .read_config = ReadDense}};
}

/// "versatilevffn" is the authors' release.
Architecture OlmoVersatileArchitecture() {
  return {.olmo = OlmoForm{.block_types = {"versatilevffn", "versatile"},
                           .ffn = FfnKind::kVersatile,
                           .tensors = VersatileTensors(),
                           .read_config = ReadVersatile}};
}

}  // namespace vffn
