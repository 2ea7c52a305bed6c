#include "model/weights/checkpoint.h"

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/sha256.h"
#include "model/weights/gguf_checkpoint.h"
#include "model/weights/huggingface_checkpoint.h"
#include "model/weights/olmo_checkpoint.h"
#include "model/weights/vffn_checkpoint.h"

namespace vffn {

std::unique_ptr<Checkpoint> OpenCheckpoint(const std::filesystem::path& path, std::string_view model_args) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  VFFN_CHECK(std::filesystem::exists(status), path.string(), ": there is no such checkpoint");
  if (!std::filesystem::is_directory(status)) {
    VFFN_CHECK(
        MappedFile(path).bytes().starts_with("GGUF"), path.string(),
        ": not a GGUF file. Other checkpoints are folders: give the folder with config.json, config.yaml or "
        "model.json");
    return OpenGgufCheckpoint(path, model_args);
  }
  if (std::filesystem::exists(path / "model.json")) {
    return OpenVffnCheckpoint(path, model_args);
  }
  if (std::filesystem::exists(path / "config.yaml")) {
    return OpenOlmoCheckpoint(path, model_args);
  }
  VFFN_CHECK(
      std::filesystem::exists(path / "config.json"), path.string(),
      ": no checkpoint: it has neither config.json (Hugging Face) nor config.yaml (OLMo) nor model.json "
      "(vffn)");
  return OpenHuggingFaceCheckpoint(path, model_args);
}

std::string Fingerprint(const Checkpoint& checkpoint) {
  Sha256 hash;
  for (const std::filesystem::path& path : checkpoint.files()) {
    hash.Update(MappedFile(path).bytes());
  }
  return hash.Hex();
}

}  // namespace vffn
