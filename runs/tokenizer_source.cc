#include "runs/tokenizer_source.h"

#include <iostream>

#include "base/error.h"
#include "model/weights/gguf_vocabulary.h"

namespace vffn {
namespace {

constexpr const char* kTokenizerFiles[] = {"tokenizer.json", "tokenizer.model", "vocab.json"};

// The first of these files that a folder has; empty if it has none.
std::filesystem::path FileInFolder(const std::filesystem::path& folder) {
  for (const char* name : kTokenizerFiles) {
    if (std::filesystem::is_regular_file(folder / name)) {
      return folder / name;
    }
  }
  return {};
}

ModelTokenizer OpenFile(const std::filesystem::path& path, GgufPipeline pipeline) {
  VFFN_CHECK(std::filesystem::is_regular_file(path), path.string(), ": no such tokenizer file");
  if (path.extension() == ".json" || path.extension() == ".model") {
    std::unique_ptr<const Tokenizer> tokenizer = path.extension() == ".model"      ? LoadSentencePiece(path)
                                                 : path.filename() == "vocab.json" ? LoadVocabAndMerges(path)
                                                                                   : LoadTokenizerJson(path);
    SpecialTokens special = ReadSpecialTokens(path, *tokenizer);
    return {std::move(tokenizer), std::move(special)};
  }
  const GgufVocabulary vocabulary = ReadGgufVocabulary(path);
  if (vocabulary.model == "gpt2" && vocabulary.pre.empty() && pipeline == GgufPipeline::kOwn) {
    std::cerr
        << "vffn: " << path.string()
        << ": tokenizer.ggml.pre is missing; the text is split into words as llama.cpp's default does, which "
           "may not be how the model was trained (give its tokenizer.json with --tokenizer)\n";
  }
  return {MakeGgufTokenizer(vocabulary, pipeline), SpecialTokensOf(vocabulary)};
}

}  // namespace

ModelTokenizer OpenTokenizer(const std::filesystem::path& model, const std::filesystem::path& explicit_path,
                             GgufPipeline pipeline) {
  const std::filesystem::path& path = explicit_path.empty() ? model : explicit_path;
  if (!std::filesystem::is_directory(path)) {
    return OpenFile(path, pipeline);
  }
  const std::filesystem::path in_folder = FileInFolder(path);
  VFFN_CHECK(
      !in_folder.empty(), path.string(),
      ": the folder has no tokenizer.json, tokenizer.model or vocab.json; give the model's tokenizer with "
      "--tokenizer PATH");
  return OpenFile(in_folder, pipeline);
}

}  // namespace vffn
