#include "model/weights/gguf_checkpoint.h"

#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_config.h"
#include "model/weights/mapped_checkpoint.h"

namespace vffn {
namespace {

const GgufForm& FormOf(const GgufFile& file) {
  const std::string name = file.String("general.architecture").value_or("");
  std::string supported;
  for (const Architecture& architecture : Architectures()) {
    if (architecture.gguf && architecture.gguf->name == name) {
      return *architecture.gguf;
    }
    if (architecture.gguf) {
      supported += (supported.empty() ? "\"" : ", \"") + architecture.gguf->name + "\"";
    }
  }
  Fail(file.origin(), ": architecture \"", name,
       "\" (general.architecture) is not supported; supported: ", supported);
}

/// Refuses files that are not one whole model.
void RequireWholeModel(const GgufFile& file) {
  const std::string type = file.String("general.type").value_or("model");
  VFFN_CHECK(type == "model", file.origin(), ": general.type is \"", type, "\", should be \"model\"");
  const int64_t parts = file.Integer("split.count").value_or(1);
  VFFN_CHECK(
      parts <= 1, file.origin(), ": split.count is ", parts,
      ": models split over several GGUF files are not supported; join them with llama-gguf-split --merge");
}

}  // namespace

ModelConfig ReadGgufConfig(const GgufFile& file) {
  const GgufForm& form = FormOf(file);
  RequireWholeModel(file);
  const GgufKeys keys(file, form.name);
  ModelConfig config = form.read_config(keys);
  keys.RefuseUnknown();
  return config;
}

std::unique_ptr<Checkpoint> OpenGgufCheckpoint(const std::filesystem::path& path,
                                               std::string_view model_args) {
  OpenedFiles opened;
  opened.model_args = model_args;
  opened.format = "gguf";
  opened.origin = path.string();
  opened.files = {path};
  const MappedFile& mapping = opened.mappings.emplace_back(path);
  const GgufFile file(mapping.bytes(), opened.origin);
  opened.config = ReadGgufConfig(file);
  opened.tensors = file.tensors();
  return AccountForTensors(std::move(opened), FormOf(file).tensors);
}

}  // namespace vffn
