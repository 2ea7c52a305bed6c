// Tokenizers: text to token ids, exactly as the reference implementation gives them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

using TokenId = int32_t;

/// What was loaded, for results and for the ledger's identity.
struct TokenizerInfo {
  std::string pipeline;  ///< "smollm", "gpt2", "gpt-neox", "llama3", "qwen2", "llama2", "gemma", ...
  std::string source;    ///< "tokenizer.json", "tokenizer.model", "vocab.json" or "gguf"
  std::string sha256;    ///< of everything that decides ids: vocabulary, merges, added tokens, pipeline
};

/// Thread safe once made.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Ids of `text`; no special tokens are added, those written out in the text are recognised as Hugging Face
  /// does. Throws Error, with the byte offset, if the text is not valid UTF-8.
  virtual std::vector<TokenId> Encode(std::string_view text) const = 0;

  /// The bytes a token stands for (a piece of a UTF-8 sequence, perhaps). Throws Error if there is no such
  /// id.
  virtual std::string TokenBytes(TokenId id) const = 0;

  virtual int64_t vocab_size() const = 0;
  virtual std::optional<TokenId> bos() const = 0;
  virtual std::optional<TokenId> eos() const = 0;
  virtual const TokenizerInfo& info() const = 0;
};

/// From a Hugging Face tokenizer.json. Throws Error naming the part of the pipeline that is not supported.
std::unique_ptr<const Tokenizer> LoadTokenizerJson(const std::filesystem::path& path);

/// The tokenizer.ggml.* metadata of a GGUF file.
struct GgufVocabulary {
  std::string origin;  ///< the file, for error messages
  std::string model;   ///< tokenizer.ggml.model: "gpt2" or "llama"
  std::string pre;     ///< tokenizer.ggml.pre; empty if absent
  std::vector<std::string> tokens;
  std::vector<int32_t>
      token_types;  ///< 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte; may be empty
  std::vector<float> scores;        ///< may be empty
  std::vector<std::string> merges;  ///< "a b"
  std::optional<TokenId> bos, eos, unknown;
  std::optional<TokenId> eot;  ///< ends a turn of a chat
  std::optional<bool> add_bos, add_eos, add_space_prefix;
};

enum class GgufPipeline {
  kOwn,           ///< tokenizer.ggml.pre mapped to the pipeline the model was trained with
  kTransformers,  ///< what transformers builds from a GGUF (loses the digit step, ignore_merges, NFC): to
                  ///< repeat a run
};

std::unique_ptr<const Tokenizer> MakeGgufTokenizer(const GgufVocabulary& vocabulary,
                                                   GgufPipeline pipeline = GgufPipeline::kOwn);

}  // namespace vffn
