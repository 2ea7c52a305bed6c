#include "model/weights/olmo_checkpoint.h"

#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/olmo_config.h"
#include "model/weights/architectures/olmo_heads.h"
#include "model/weights/mapped_checkpoint.h"
#include "model/weights/other_formats.h"
#include "model/weights/tensor_files.h"
#include "model/weights/tensor_names.h"

namespace vffn {

namespace {

std::filesystem::path OlmoWeightsOf(const CheckpointFolder& folder) {
  const std::filesystem::path safetensors = folder.path / "model.safetensors";
  const std::filesystem::path torch = folder.path / "model.pt";
  if (!folder.weights.empty()) {
    return folder.weights;
  }
  const bool has_safetensors = std::filesystem::exists(safetensors);
  VFFN_CHECK(
      has_safetensors || std::filesystem::exists(torch), folder.path.string(),
      ": has config.yaml, but neither model.safetensors nor model.pt. A sharded checkpoint must be unsharded "
      "first (OLMo: scripts/unshard.py)");
  return has_safetensors ? safetensors : torch;
}

}  // namespace

std::unique_ptr<Checkpoint> OpenOlmoCheckpoint(const CheckpointFolder& folder) {
  const std::filesystem::path config_path = folder.path / "config.yaml";
  OlmoFolder contents;
  contents.config = ReadOlmoYaml(MappedFile(config_path).bytes(), config_path.string());
  const OlmoForm& form = OlmoFormOf(contents.config);
  const std::filesystem::path weights = OlmoWeightsOf(folder);
  OpenedFiles opened;
  opened.model_args = folder.model_args;
  opened.format = "olmo";
  opened.origin = weights.string();
  opened.files = {config_path};
  AddTensorFile(weights, opened);
  FitNames(form.tensors, opened.tensors);
  contents.origin = opened.origin;
  contents.tensors = opened.tensors;
  contents.model_args = folder.model_args;
  opened.config = form.read_config(contents);
  opened.advice =
      form.ffn != FfnKind::kVersatile && HasHeads(opened.tensors)
          ? "\nexpert_gate and depth_predictor belong to a VersatileFFN: its block_type is versatilevffn"
          : AdviceOnNames(opened.tensors);
  return AccountForTensors(std::move(opened), form.tensors);
}

}  // namespace vffn
