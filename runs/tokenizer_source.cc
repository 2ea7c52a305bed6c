#include "runs/tokenizer_source.h"

#include "base/error.h"
#include "model/weights/gguf_vocabulary.h"

namespace vffn {
namespace {

std::unique_ptr<const Tokenizer> OpenFile(const std::filesystem::path& path, GgufPipeline pipeline) {
  VFFN_CHECK(std::filesystem::is_regular_file(path), path.string(), ": no such tokenizer file");
  if (path.extension() == ".json") {
    return LoadTokenizerJson(path);
  }
  return MakeGgufTokenizer(ReadGgufVocabulary(path), pipeline);
}

}  // namespace

std::unique_ptr<const Tokenizer> OpenTokenizer(const std::filesystem::path& model,
                                               const std::filesystem::path& explicit_path,
                                               GgufPipeline pipeline) {
  if (!explicit_path.empty()) {
    return OpenFile(explicit_path, pipeline);
  }
  if (!std::filesystem::is_directory(model)) {
    return OpenFile(model, pipeline);
  }
  const std::filesystem::path in_folder = model / "tokenizer.json";
  VFFN_CHECK(std::filesystem::exists(in_folder), model.string(),
             ": the folder has no tokenizer.json; give the model's tokenizer with --tokenizer FILE");
  return OpenFile(in_folder, pipeline);
}

}  // namespace vffn
