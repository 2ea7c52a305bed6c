#include "model/weights/olmo_checkpoint.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "model/weights/mapped_checkpoint.h"
#include "model/weights/olmo_heads.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/torch_file.h"

namespace vffn {

Recipe OlmoRecipe(OlmoBlock block, const std::string& prefix) {
  const std::string layer = prefix + "blocks.{}.";
  Recipe recipe = {
      {"embedding.weight", {{prefix + "wte.weight"}}},
      {"layers.{}.attention_norm.weight", {{layer + "attn_norm.weight"}}},
      {"layers.{}.qkv.weight", {{layer + "att_proj.weight"}}},
      {"layers.{}.attention_out.weight", {{layer + "attn_out.weight"}}},
      {"layers.{}.ffn_norm.weight", {{layer + "ff_norm.weight"}}},
      {"layers.{}.ffn_in.weight", {{layer + "ff_proj.weight"}}},
      {"layers.{}.ffn_out.weight", {{layer + "ff_out.weight"}}},
      {"layers.{}.router.weight", {{layer + "expert_gate.weight"}}},
      {"layers.{}.loop_head.weight", {{layer + "depth_predictor.weight"}}},
      {"final_norm.weight", {{prefix + "ln_f.weight"}}},
      {"head.weight", {{prefix + "ff_out.weight"}}},
  };
  if (block == OlmoBlock::kLlama) {
    recipe["layers.{}.qkv.weight"] = {{layer + "q_proj.weight", SourceRows::kQuery},
                                      {layer + "k_proj.weight", SourceRows::kKeyValue},
                                      {layer + "v_proj.weight", SourceRows::kKeyValue}};
  }
  return recipe;
}

std::unique_ptr<Checkpoint> OpenOlmoCheckpoint(const std::filesystem::path& folder,
                                               std::string_view model_args) {
  const std::filesystem::path config_path = folder / "config.yaml";
  const std::filesystem::path safetensors = folder / "model.safetensors";
  const std::filesystem::path torch = folder / "model.pt";
  OpenedFiles opened;
  opened.model_args = model_args;
  opened.format = "olmo";
  const OlmoConfig config = ReadOlmoConfig(MappedFile(config_path).bytes(), config_path.string());
  opened.config = config.model;
  const bool has_safetensors = std::filesystem::exists(safetensors);
  VFFN_CHECK(
      has_safetensors || std::filesystem::exists(torch), folder.string(),
      ": has config.yaml, but neither model.safetensors nor model.pt. A sharded checkpoint must be unsharded "
      "first (OLMo: scripts/unshard.py)");
  const std::filesystem::path& path = has_safetensors ? safetensors : torch;
  opened.origin = path.string();
  opened.files = {config_path, path};
  const MappedFile& mapping = opened.mappings.emplace_back(path);
  opened.tensors = has_safetensors ? ReadSafetensors(mapping.bytes(), opened.origin)
                                   : ReadTorchFile(mapping.bytes(), opened.origin);
  const bool bare =
      std::ranges::find(opened.tensors, "wte.weight", &TensorView::name) != opened.tensors.end();
  const std::string prefix = bare ? "" : "transformer.";
  if (config.block == OlmoBlock::kVersatile) {
    CompleteFromHeads(config, config_path.string(), prefix, opened);
  } else if (HasHeads(opened.tensors, prefix)) {
    opened.advice =
        "\nexpert_gate and depth_predictor belong to a VersatileFFN: its block_type is versatilevffn";
  }
  return AccountForTensors(std::move(opened), OlmoRecipe(config.block, prefix));
}

}  // namespace vffn
