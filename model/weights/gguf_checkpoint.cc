#include "model/weights/gguf_checkpoint.h"

#include <utility>

#include "base/error.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_config.h"
#include "model/weights/architectures/gguf_rope.h"
#include "model/weights/gguf_parts.h"
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

/// Refuses files of other kinds, such as adapters.
void RequireModel(const GgufFile& file) {
  const std::string type = file.String("general.type").value_or("model");
  VFFN_CHECK(type == "model", file.origin(), ": general.type is \"", type, "\", should be \"model\"");
}

}  // namespace

ModelConfig ReadGgufConfig(const GgufFile& file) {
  const GgufForm& form = FormOf(file);
  RequireModel(file);
  const GgufKeys keys(file, form.name);
  ModelConfig config = ReadGgufDecoder(keys, form.traits);
  keys.RefuseUnknown();
  return config;
}

std::unique_ptr<Checkpoint> OpenGgufCheckpoint(const std::filesystem::path& path,
                                               std::string_view model_args) {
  OpenedFiles opened;
  opened.model_args = model_args;
  opened.format = "gguf";
  opened.origin = path.string();
  const GgufFile file = MapGguf(path, opened);
  opened.config = ReadGgufConfig(file);
  opened.tensors = file.tensors();
  opened.redundant = IsGgufRopeTensor;
  const Recipe recipe = GgufTensors(file, opened.config, FormOf(file).traits);
  return AccountForTensors(std::move(opened), recipe);
}

}  // namespace vffn
