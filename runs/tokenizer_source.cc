#include "runs/tokenizer_source.h"

#include <iostream>

#include "base/error.h"
#include "base/mapped_file.h"
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

/// The folder of a checkpoint that was given as one of its files: its weights, index or configuration. A GGUF
/// file and a tokenizer stay as they are.
std::filesystem::path FolderOfWeights(const std::filesystem::path& model) {
  if (!std::filesystem::is_regular_file(model)) {
    return model;
  }
  const std::string name = model.filename().string();
  const bool tokenizer =
      model.extension() == ".model" || (model.extension() == ".json" && name != "config.json" &&
                                        name != "model.json" && !name.ends_with(".index.json"));
  if (tokenizer || MappedFile(model).bytes().starts_with("GGUF")) {
    return model;
  }
  return model.has_parent_path() ? model.parent_path() : ".";
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
  const std::filesystem::path path = explicit_path.empty() ? FolderOfWeights(model) : explicit_path;
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
