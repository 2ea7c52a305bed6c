#include "model/weights/checkpoint.h"

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/sha256.h"
#include "model/weights/gguf_checkpoint.h"
#include "model/weights/huggingface_checkpoint.h"
#include "model/weights/olmo_checkpoint.h"
#include "model/weights/vffn_checkpoint.h"

namespace vffn {

namespace {

/// A format of folders; the first one whose file is there is read.
struct FolderFormat {
  const char* file;
  const char* name;
  std::unique_ptr<Checkpoint> (*open)(const std::filesystem::path& folder, std::string_view model_args);
};
constexpr FolderFormat kFolderFormats[] = {
    {"model.json", "vffn", OpenVffnCheckpoint},
    {"config.yaml", "OLMo", OpenOlmoCheckpoint},
    {"config.json", "Hugging Face", OpenHuggingFaceCheckpoint},
};

}  // namespace

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
  std::string looked_for;
  for (const FolderFormat& format : kFolderFormats) {
    if (std::filesystem::exists(path / format.file)) {
      return format.open(path, model_args);
    }
    looked_for.append(looked_for.empty() ? "" : ", ").append(format.file).append(" (").append(format.name);
    looked_for.append(")");
  }
  Fail(path.string(), ": not a checkpoint: the folder has none of ", looked_for);
}

std::string Fingerprint(const Checkpoint& checkpoint) {
  Sha256 hash;
  for (const std::filesystem::path& path : checkpoint.files()) {
    hash.Update(MappedFile(path).bytes());
  }
  return hash.Hex();
}

}  // namespace vffn
