#include "model/weights/gguf_vocabulary.h"

#include "base/error.h"
#include "base/mapped_file.h"
#include "model/weights/gguf_file.h"

namespace vffn {
namespace {

std::optional<TokenId> SpecialToken(const GgufFile& file, const char* key, size_t n_tokens) {
  const std::optional<int64_t> id = file.Integer(key);
  if (!id) {
    return std::nullopt;
  }
  VFFN_CHECK(*id >= 0 && static_cast<uint64_t>(*id) < n_tokens, file.origin(), ": ", key, " is ", *id,
             ", the vocabulary has ", n_tokens, " tokens");
  return static_cast<TokenId>(*id);
}

}  // namespace

GgufVocabulary ReadGgufVocabulary(const std::filesystem::path& path) {
  const MappedFile mapping(path);
  const GgufFile file(mapping.bytes(), path.string());
  GgufVocabulary vocabulary;
  vocabulary.origin = path.string();
  vocabulary.model = file.String("tokenizer.ggml.model").value_or("");
  vocabulary.pre = file.String("tokenizer.ggml.pre").value_or("");
  vocabulary.tokens = file.Strings("tokenizer.ggml.tokens");
  vocabulary.token_types = file.Int32s("tokenizer.ggml.token_type");
  vocabulary.scores = file.Floats("tokenizer.ggml.scores");
  vocabulary.merges = file.Strings("tokenizer.ggml.merges");
  const size_t n_tokens = vocabulary.tokens.size();
  VFFN_CHECK(!vocabulary.model.empty() && n_tokens > 0, file.origin(),
             ": no vocabulary: tokenizer.ggml.model or tokenizer.ggml.tokens is missing");
  VFFN_CHECK(vocabulary.token_types.empty() || vocabulary.token_types.size() == n_tokens, file.origin(),
             ": tokenizer.ggml.token_type has ", vocabulary.token_types.size(), " entries for ", n_tokens,
             " tokens");
  VFFN_CHECK(vocabulary.scores.empty() || vocabulary.scores.size() == n_tokens, file.origin(),
             ": tokenizer.ggml.scores has ", vocabulary.scores.size(), " entries for ", n_tokens, " tokens");
  vocabulary.bos = SpecialToken(file, "tokenizer.ggml.bos_token_id", n_tokens);
  vocabulary.eos = SpecialToken(file, "tokenizer.ggml.eos_token_id", n_tokens);
  vocabulary.unknown = SpecialToken(file, "tokenizer.ggml.unknown_token_id", n_tokens);
  vocabulary.add_bos = file.Bool("tokenizer.ggml.add_bos_token");
  vocabulary.add_eos = file.Bool("tokenizer.ggml.add_eos_token");
  vocabulary.add_space_prefix = file.Bool("tokenizer.ggml.add_space_prefix");
  return vocabulary;
}

}  // namespace vffn
