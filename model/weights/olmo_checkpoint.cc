#include "model/weights/olmo_checkpoint.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/olmo_config.h"
#include "model/weights/architectures/olmo_heads.h"
#include "model/weights/mapped_checkpoint.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/torch_file.h"

namespace vffn {

namespace {

constexpr std::string_view kPrefix = "transformer.";

/// The recipe for a file whose names begin with another prefix.
Recipe WithPrefix(Recipe recipe, const std::string& prefix) {
  for (auto& [parameter, sources] : recipe) {
    for (Source& source : sources) {
      source.name.replace(0, kPrefix.size(), prefix);
    }
  }
  return recipe;
}

}  // namespace

std::unique_ptr<Checkpoint> OpenOlmoCheckpoint(const std::filesystem::path& folder,
                                               std::string_view model_args) {
  const std::filesystem::path config_path = folder / "config.yaml";
  const std::filesystem::path safetensors = folder / "model.safetensors";
  const std::filesystem::path torch = folder / "model.pt";
  OpenedFiles opened;
  opened.model_args = model_args;
  opened.format = "olmo";
  OlmoFolder contents;
  contents.config = ReadOlmoYaml(MappedFile(config_path).bytes(), config_path.string());
  const OlmoForm& form = OlmoFormOf(contents.config);
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
  contents.origin = opened.origin;
  contents.tensors = opened.tensors;
  contents.prefix = bare ? "" : kPrefix;
  contents.model_args = model_args;
  opened.config = form.read_config(contents);
  if (form.ffn != FfnKind::kVersatile && HasHeads(opened.tensors, contents.prefix)) {
    opened.advice =
        "\nexpert_gate and depth_predictor belong to a VersatileFFN: its block_type is versatilevffn";
  }
  return AccountForTensors(std::move(opened), WithPrefix(form.tensors, contents.prefix));
}

}  // namespace vffn
