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

/// From a SentencePiece model (tokenizer.model): the ids of SentencePiece for what is between two added
/// tokens. Added tokens are the model's control symbols and those of the files beside it:
/// tokenizer_config.json, added_tokens.json, special_tokens_map.json. With "legacy": false in
/// tokenizer_config.json only the beginning of a text gets SentencePiece's dummy prefix. Throws Error if it
/// is no SentencePiece model.
std::unique_ptr<const Tokenizer> LoadSentencePiece(const std::filesystem::path& path);

/// From GPT-2's vocab.json and the merges.txt beside it: the pipeline that transformers 5.24 makes of them
/// for the tokenizer class of tokenizer_config.json, or else the model_type of config.json. Throws Error if
/// the class is not supported.
std::unique_ptr<const Tokenizer> LoadVocabAndMerges(const std::filesystem::path& vocab);

/// The tokenizer.ggml.* metadata of a GGUF file.
struct GgufVocabulary {
  std::string origin;  ///< the file, for error messages
  std::string model;   ///< tokenizer.ggml.model: "gpt2" or "llama"
  std::string pre;     ///< tokenizer.ggml.pre; empty if absent: llama.cpp's default
  std::vector<std::string> tokens;
  std::vector<int32_t>
      token_types;  ///< 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte; may be empty
  std::vector<float> scores;        ///< may be empty
  std::vector<std::string> merges;  ///< "a b"
  std::optional<TokenId> bos, eos, unknown;
  std::optional<bool> add_bos, add_eos, add_space_prefix;
};

enum class GgufPipeline {
  kOwn,           ///< tokenizer.ggml.pre mapped to the pipeline the model was trained with
  kTransformers,  ///< what transformers 5.24 builds from a GGUF (loses digit steps, ignore_merges, NFC): to
                  ///< repeat a run
};

/// Throws Error if the vocabulary is damaged or of a kind that is not supported.
std::unique_ptr<const Tokenizer> MakeGgufTokenizer(const GgufVocabulary& vocabulary,
                                                   GgufPipeline pipeline = GgufPipeline::kOwn);

/// Whether BOS belongs before a text: tokenizer.ggml.add_bos_token or, where it is absent, what llama.cpp
/// takes for the kind of vocabulary.
bool AddsBos(const GgufVocabulary& vocabulary);

}  // namespace vffn
