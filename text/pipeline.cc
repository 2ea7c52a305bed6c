#include "text/pipeline.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/sha256.h"
#include "text/byte_level.h"
#include "text/utf8.h"

namespace vffn {
namespace {

// U+2581, the blank of SentencePiece vocabularies.
constexpr std::string_view kMetaspace = "\u2581";

std::string Describe(const PipelineParts& parts) {
  std::string text;
  for (const auto& normalizer : parts.normalizers) {
    text += normalizer->Describe() + " ";
  }
  if (!parts.prefix.blank.empty()) {
    text += "Blank(" + parts.prefix.blank + ") ";
  }
  if (!parts.prefix.prefix.empty()) {
    text += std::string(parts.prefix.only_first ? "First" : "Always") + "(" + parts.prefix.prefix + ") ";
  }
  for (const auto& splitter : parts.splitters) {
    text += splitter->Describe() + " ";
  }
  const BpeOptions& options = parts.options;
  text += options.byte_level ? "BPE(bytes" : "BPE(characters";
  text += options.byte_fallback ? ",byte_fallback" : "";
  text += options.ignore_merges ? ",ignore_merges" : "";
  return text + ")";
}

std::string NameOf(const std::string& description) {
  const std::string gpt2 = "Split(" + std::string(kGpt2Pattern) + ") ";
  const std::string llama3 = "Split(" + std::string(kLlama3Pattern) + ") ";
  const std::string qwen2 = "Split(" + std::string(kQwen2Pattern) + ") ";
  const std::string blanks = "Replace( ," + std::string(kMetaspace) + ") ";
  const std::map<std::string, std::string> names = {
      {gpt2 + "BPE(bytes)", "gpt2"},
      {"NFC(Unicode 9) " + gpt2 + "BPE(bytes)", "gpt-neox"},
      {"Digits(individual) " + gpt2 + "BPE(bytes)", "smollm"},
      {llama3 + "BPE(bytes,ignore_merges)", "llama3"},
      {"NFC(Unicode 9) " + qwen2 + "BPE(bytes)", "qwen2"},
      {"Prepend(" + std::string(kMetaspace) + ") " + blanks + "BPE(characters,byte_fallback)", "llama2"},
      {blanks + "BPE(characters,byte_fallback)", "gemma"},
      {blanks + "Split( ,2) BPE(characters,byte_fallback)", "gemma"},
  };
  const auto name = names.find(description);
  return name == names.end() ? "custom" : name->second;
}

// Of everything that decides ids. Sizes go before contents, so that nothing runs together.
std::string HashOf(const PipelineParts& parts, const std::string& description) {
  Sha256 hash;
  std::string bytes;
  const auto number = [&](uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      bytes += static_cast<char>(value >> shift & 0xFF);
    }
  };
  const auto text = [&](std::string_view value) {
    number(value.size());
    bytes += value;
  };
  const BpeOptions& options = parts.options;
  text(description);
  number(options.fuse_unknown);
  number(options.unknown ? static_cast<uint64_t>(*options.unknown) + 1 : 0);
  number(parts.tokens.size());
  for (const std::string& token : parts.tokens) {
    text(token);
  }
  number(parts.merges.size());
  for (const BpeMerge& merge : parts.merges) {
    number(static_cast<uint64_t>(merge.left) << 32 | static_cast<uint32_t>(merge.right));
    number(static_cast<uint64_t>(merge.merged) << 32 | merge.rank);
  }
  for (const AddedToken& token : parts.added) {
    text(token.content);
    number(static_cast<uint64_t>(token.id) << 3 | token.lstrip << 2 | token.rstrip << 1 | token.normalized);
  }
  hash.Update(bytes);
  return hash.Hex();
}

std::vector<AddedToken> Select(const std::vector<AddedToken>& added, bool normalized) {
  std::vector<AddedToken> selected;
  std::copy_if(added.begin(), added.end(), std::back_inserter(selected),
               [&](const AddedToken& token) { return token.normalized == normalized; });
  return selected;
}

class Pipeline : public Tokenizer {
 public:
  Pipeline(PipelineParts parts, TokenizerInfo info)
      : info_(std::move(info)),
        normalizers_(std::move(parts.normalizers)),
        prefix_(std::move(parts.prefix)),
        splitters_(std::move(parts.splitters)),
        vocabulary_(std::make_shared<Vocabulary>(std::move(parts.tokens))),
        bpe_(vocabulary_, parts.merges, parts.options),
        byte_level_(parts.options.byte_level),
        bos_(parts.bos),
        eos_(parts.eos),
        vocab_size_(vocabulary_->size()),
        raw_added_(Select(parts.added, false)),
        normalized_added_(NormalizeContents(Select(parts.added, true))) {
    for (const AddedToken& token : parts.added) {
      added_contents_.emplace(token.id, token.content);
      vocab_size_ = std::max<int64_t>(vocab_size_, token.id + 1);
    }
  }

  std::vector<TokenId> Encode(std::string_view text) const override {
    CheckUtf8(text);
    thread_local Scratch scratch;
    std::vector<TokenId> ids;
    ids.reserve(text.size() / 3 + 8);
    raw_added_.Split(text, scratch.raw_parts);
    for (const auto& raw : scratch.raw_parts) {
      if (raw.token != nullptr) {
        ids.push_back(raw.token->id);
        continue;
      }
      const std::string_view normal = Normalize(raw.text, scratch.normal);
      const bool first = raw.text.data() == text.data();
      normalized_added_.Split(normal, scratch.normal_parts);
      for (const auto& part : scratch.normal_parts) {
        if (part.token != nullptr) {
          ids.push_back(part.token->id);
        } else {
          EncodePart(part.text, first && part.text.data() == normal.data(), scratch, ids);
        }
      }
    }
    return ids;
  }

  std::string TokenBytes(TokenId id) const override {
    if (const auto added = added_contents_.find(id); added != added_contents_.end()) {
      return added->second;
    }
    VFFN_CHECK(id >= 0 && id < vocabulary_->size() && !(*vocabulary_)[id].empty(),
               "there is no token with id ", id, "; the vocabulary has ", vocab_size_);
    const std::string& token = (*vocabulary_)[id];
    return byte_level_ ? BytesOfToken(token).value_or(token) : BytesOfCharacters(token);
  }

  int64_t vocab_size() const override { return vocab_size_; }
  std::optional<TokenId> bos() const override { return bos_; }
  std::optional<TokenId> eos() const override { return eos_; }
  const TokenizerInfo& info() const override { return info_; }

 private:
  struct Scratch {
    std::vector<AddedTokenMatcher::Part> raw_parts, normal_parts;
    std::string normal, prefixed;
    std::vector<std::string_view> words, pieces;
  };

  std::string_view Normalize(std::string_view text, std::string& buffer) const {
    bool copied = false;
    for (const auto& normalizer : normalizers_) {
      if (!normalizer->Keeps(copied ? buffer : text)) {
        if (!copied) {
          buffer = text;
          copied = true;
        }
        normalizer->Apply(buffer);
      }
    }
    return copied ? std::string_view(buffer) : text;
  }

  std::vector<AddedToken> NormalizeContents(std::vector<AddedToken> added) const {
    std::string buffer;
    for (AddedToken& token : added) {
      token.content = std::string(Normalize(token.content, buffer));
    }
    return added;
  }

  // Blanks and prefix of Metaspace and of ByteLevel's add_prefix_space.
  std::string_view Prefixed(std::string_view text, bool first, std::string& buffer) const {
    if (prefix_.prefix.empty() && prefix_.blank.empty()) {
      return text;
    }
    buffer = text;
    if (!prefix_.blank.empty()) {
      MakeReplace(" ", prefix_.blank)->Apply(buffer);
    }
    if ((first || !prefix_.only_first) && !buffer.starts_with(prefix_.prefix)) {
      buffer.insert(0, prefix_.prefix);
    }
    return buffer;
  }

  void EncodePart(std::string_view text, bool first, Scratch& scratch, std::vector<TokenId>& ids) const {
    std::vector<std::string_view>& words = scratch.words;
    std::vector<std::string_view>& pieces = scratch.pieces;
    words.assign(1, Prefixed(text, first, scratch.prefixed));
    for (const auto& splitter : splitters_) {
      pieces.clear();
      for (const std::string_view word : words) {
        splitter->Split(word, pieces);
      }
      words.swap(pieces);
    }
    for (const std::string_view word : words) {
      bpe_.Encode(word, ids);
    }
  }

  static std::string BytesOfCharacters(const std::string& token) {
    if (token.size() == 6 && token.starts_with("<0x") && token.ends_with(">")) {
      return std::string(1, static_cast<char>(std::strtol(token.c_str() + 3, nullptr, 16)));
    }
    std::string bytes = token;
    MakeReplace(std::string(kMetaspace), " ")->Apply(bytes);
    return bytes;
  }

  TokenizerInfo info_;
  Normalizers normalizers_;
  WordPrefix prefix_;
  WordSplitters splitters_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  Bpe bpe_;
  bool byte_level_;
  std::optional<TokenId> bos_, eos_;
  int64_t vocab_size_;
  AddedTokenMatcher raw_added_;
  AddedTokenMatcher normalized_added_;
  std::map<TokenId, std::string> added_contents_;
};

}  // namespace

std::unique_ptr<const Tokenizer> MakePipeline(PipelineParts parts) {
  const std::string description = Describe(parts);
  TokenizerInfo info{NameOf(description), parts.source, HashOf(parts, description)};
  return std::make_unique<Pipeline>(std::move(parts), std::move(info));
}

}  // namespace vffn
