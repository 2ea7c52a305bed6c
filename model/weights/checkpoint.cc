#include "model/weights/checkpoint.h"

#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "base/mapped_file.h"
#include "base/sha256.h"
#include "model/weights/checkpoint_folder.h"
#include "model/weights/downloaded_file.h"
#include "model/weights/gguf_checkpoint.h"
#include "model/weights/huggingface_checkpoint.h"
#include "model/weights/olmo_checkpoint.h"
#include "model/weights/olmo_core_checkpoint.h"
#include "model/weights/other_formats.h"
#include "model/weights/vffn_checkpoint.h"

namespace vffn {

namespace {

std::unique_ptr<Checkpoint> OpenByConfigJson(const CheckpointFolder& folder) {
  const bool olmo_core = IsOlmoCoreConfig(ReadJsonFile(folder.path / "config.json"));
  return olmo_core ? OpenOlmoCoreCheckpoint(folder) : OpenHuggingFaceCheckpoint(folder);
}

/// A format of folders; the first one whose file is there is read.
struct FolderFormat {
  const char* file;
  const char* name;
  std::unique_ptr<Checkpoint> (*open)(const CheckpointFolder& folder);
};
constexpr FolderFormat kFolderFormats[] = {
    {"model.json", "vffn", OpenVffnCheckpoint},
    {"config.yaml", "OLMo", OpenOlmoCheckpoint},
    {"config.json", "Hugging Face, OLMo-core", OpenByConfigJson},
};

std::unique_ptr<Checkpoint> OpenFolder(const CheckpointFolder& folder) {
  std::string looked_for;
  for (const FolderFormat& format : kFolderFormats) {
    if (std::filesystem::exists(folder.path / format.file)) {
      return format.open(folder);
    }
    looked_for.append(looked_for.empty() ? "" : ", ").append(format.file).append(" (").append(format.name);
    looked_for.append(")");
  }
  const std::string other = DescribeOtherFormat(folder.path);
  VFFN_CHECK(other.empty(), folder.path.string(), ": ", other);
  Fail(folder.path.string(), ": not a checkpoint: the folder has none of ", looked_for);
}

/// Opens a GGUF file, or the folder of a file of weights or of the configuration.
std::unique_ptr<Checkpoint> OpenFile(const std::filesystem::path& path, std::string_view model_args) {
  const MappedFile mapping(path);
  if (mapping.bytes().starts_with("GGUF")) {
    return OpenGgufCheckpoint(path, model_args);
  }
  const bool is_config = std::ranges::any_of(
      kFolderFormats, [&](const FolderFormat& format) { return path.filename() == format.file; });
  if (!is_config) {
    CheckDownloaded(mapping.bytes(), path.string());
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const bool has_config = std::ranges::any_of(kFolderFormats, [&](const FolderFormat& format) {
    return std::filesystem::exists(folder / format.file);
  });
  VFFN_CHECK(
      has_config, path.string(),
      ": not a GGUF file, and there is no config.json, config.yaml or model.json beside it, which other "
      "checkpoints need");
  return OpenFolder({.path = folder,
                     .weights = is_config ? std::filesystem::path() : path,
                     .model_args = std::string(model_args)});
}

/// A parameter in memory.
class WholeMatrix : public MatrixRows {
 public:
  WholeMatrix(const Checkpoint& checkpoint, const ParameterSpec& spec)
      : columns_(spec.shape[1]), values_(static_cast<size_t>(spec.elements())) {
    checkpoint.Read(spec.name, values_);
  }

  void Read(int64_t first, int64_t count, int64_t stride, float* out) const override {
    for (int64_t row = 0; row < count; ++row) {
      std::copy_n(values_.data() + (first + row) * columns_, columns_, out + row * stride);
    }
  }

 private:
  int64_t columns_;
  std::vector<float> values_;
};

}  // namespace

std::shared_ptr<const MatrixRows> Checkpoint::Rows(const std::string& parameter) const {
  for (const ParameterSpec& spec : ParameterSpecs(config())) {
    if (spec.name == parameter && spec.shape.size() == 2) {
      return std::make_shared<WholeMatrix>(*this, spec);
    }
  }
  Fail("the model has no parameter ", parameter, " of rows and columns");
}

std::unique_ptr<Checkpoint> OpenCheckpoint(const std::filesystem::path& path, std::string_view model_args) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  VFFN_CHECK(std::filesystem::exists(status), path.string(), ": there is no such checkpoint");
  return std::filesystem::is_directory(status)
             ? OpenFolder({.path = path, .model_args = std::string(model_args)})
             : OpenFile(path, model_args);
}

std::string Fingerprint(const Checkpoint& checkpoint) {
  Sha256 hash;
  for (const std::filesystem::path& path : checkpoint.files()) {
    hash.Update(MappedFile(path).bytes());
  }
  return hash.Hex();
}

}  // namespace vffn
