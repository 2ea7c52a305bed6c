// Tokenizers from Hugging Face's tokenizer.json.
#include "text/tokenizer_json.h"

#include "base/error.h"
#include "text/tokenizer_json/parts.h"

namespace vffn {

std::vector<Fields> ObjectsOf(const Fields& fields, std::string_view name) {
  const JsonPlace place = fields.PlaceOf(name);
  const std::string path = (place.path.empty() ? "" : std::string(place.path) + ".") + std::string(name);
  std::vector<Fields> objects;
  for (const Json* element : ToElements(fields.Require(name), place)) {
    objects.emplace_back(*element, fields.origin(), path + "[" + std::to_string(objects.size()) + "]");
  }
  return objects;
}

void AddTextSteps(const Json& normalizer, const Json& pre_tokenizer, const std::string& origin,
                  PipelineParts& parts) {
  if (!normalizer.is_null()) {
    AddNormalizer(Fields(normalizer, origin, "normalizer"), parts);
  }
  if (!pre_tokenizer.is_null()) {
    AddPreTokenizer(Fields(pre_tokenizer, origin, "pre_tokenizer"), parts);
  }
}

std::unique_ptr<const Tokenizer> MakeJsonTokenizer(const TokenizerFile& file, const std::string& origin,
                                                   const std::string& source) {
  // Truncation, padding and special tokens around the text are the caller's; decoding is not done here.
  const Fields root(file.rest, origin);
  const std::string version = root.Get<std::string>("version", "1.0");
  VFFN_CHECK(version == "1.0", origin, ": version \"", version, "\" is not known (1.0)");
  PipelineParts parts;
  parts.source = source;
  const auto value = [&](const char* name) {
    const Json* found = root.Find(name);
    return found == nullptr ? Json() : *found;
  };
  AddTextSteps(value("normalizer"), value("pre_tokenizer"), origin, parts);
  const size_t vocabulary_size = FillModel(file, root.Object("model"), parts);
  if (const Json* added = root.Find("added_tokens")) {
    AddAddedTokens(*added, root, vocabulary_size, parts);
  }
  return MakePipeline(std::move(parts));
}

std::unique_ptr<const Tokenizer> LoadTokenizerJson(const std::filesystem::path& path) {
  return MakeJsonTokenizer(ReadTokenizerFile(path), path.string(), "tokenizer.json");
}

}  // namespace vffn
