// OLMo's blocks without biases: pre-norm with RMSNorm, SwiGLU, full rotary embeddings.
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

Recipe FusedTensors() {
  return {
      {"embedding.weight", {{"transformer.wte.weight"}}},
      {"layers.{}.attention_norm.weight", {{"transformer.blocks.{}.attn_norm.weight"}}},
      {"layers.{}.qkv.weight", {{"transformer.blocks.{}.att_proj.weight"}}},
      {"layers.{}.attention_out.weight", {{"transformer.blocks.{}.attn_out.weight"}}},
      {"layers.{}.ffn_norm.weight", {{"transformer.blocks.{}.ff_norm.weight"}}},
      {"layers.{}.ffn_in.weight", {{"transformer.blocks.{}.ff_proj.weight"}}},
      {"layers.{}.ffn_out.weight", {{"transformer.blocks.{}.ff_out.weight"}}},
      {"final_norm.weight", {{"transformer.ln_f.weight"}}},
      {"head.weight", {{"transformer.ff_out.weight"}}},
  };
}

Recipe SeparateTensors() {
  Recipe recipe = FusedTensors();
  recipe["layers.{}.qkv.weight"] = {{"transformer.blocks.{}.q_proj.weight", SourceRows::kQuery},
                                    {"transformer.blocks.{}.k_proj.weight", SourceRows::kKeyValue},
                                    {"transformer.blocks.{}.v_proj.weight", SourceRows::kKeyValue}};
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

/// The arithmetic of "sequential" with separate q, k and v.
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
