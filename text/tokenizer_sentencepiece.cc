// Tokenizers from SentencePiece models, with the library that trains them.
#include <sentencepiece_processor.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/sha256.h"
#include "text/added_token_files.h"
#include "text/added_tokens.h"
#include "text/plain_encoder.h"
#include "text/utf8.h"

namespace vffn {
namespace {

using sentencepiece::SentencePieceProcessor;

// Appended to a model, it sets normalizer_spec.add_dummy_prefix (field 3 of field 3) to false: of two values
// of a field, Protocol Buffers take the later one.
constexpr std::string_view kNoPrefix("\x1A\x02\x18\x00", 4);

std::unique_ptr<const SentencePieceProcessor> MakeProcessor(const std::string& model,
                                                            const std::string& origin) {
  auto processor = std::make_unique<SentencePieceProcessor>();
  VFFN_CHECK(
      processor->LoadFromSerializedProto(model).ok(), origin,
      ": is not a SentencePiece model. (The tokenizer.model of Llama 3 and others is a list of tokens for "
      "tiktoken.) Give the model's tokenizer.json instead");
  return processor;
}

// Pieces that are found in the text before it is cut, as the transformers library does it: control symbols
// (the SentencePiece library takes their text for ordinary characters), <unk> and user-defined symbols.
void AddPiecesToList(const SentencePieceProcessor& processor, std::vector<AddedToken>& added) {
  const TokenId unknown = processor.unk_id();
  for (TokenId id = 0; id < processor.GetPieceSize(); ++id) {
    const std::string& piece = processor.IdToPiece(id);
    if (!processor.IsControl(id) && id != unknown) {
      continue;
    }
    const bool known =
        std::ranges::any_of(added, [&](const AddedToken& token) { return token.content == piece; });
    if (!known) {
      added.push_back({.content = piece, .id = id, .special = true});
    }
  }
}

class SentencePieceTokenizer : public Tokenizer, public PlainEncoder {
 public:
  SentencePieceTokenizer(const std::string& model, const std::filesystem::path& path)
      : processor_(MakeProcessor(model, path.string())), size_(processor_->GetPieceSize()) {
    const TokenizerSettings settings = ReadTokenizerSettings(path.parent_path());
    if (settings.prefix_only_first) {
      without_prefix_ = MakeProcessor(model + std::string(kNoPrefix), path.string());
    }
    std::vector<AddedToken> added =
        ReadAddedTokens(path.parent_path(), processor_->GetPieceSize(),
                        [&](std::string_view text) {
                          const TokenId id = processor_->PieceToId(text);
                          return processor_->IdToPiece(id) == text ? id : Vocabulary::kNone;
                        },
                        {});
    AddPiecesToList(*processor_, added);
    for (AddedToken& token : added) {
      token.normalized = false;
      added_contents_[token.id] = token.content;
      size_ = std::max<int64_t>(size_, token.id + 1);
    }
    info_ = {"sentencepiece", "tokenizer.model", HashOfModel(model, added)};
    added_ = AddedTokenMatcher(added);
    std::erase_if(added, [](const AddedToken& token) { return token.special; });
    plain_ = AddedTokenMatcher(std::move(added));
  }

  std::vector<TokenId> Encode(std::string_view text) const override { return EncodeWith(added_, text); }
  std::vector<TokenId> EncodePlain(std::string_view text) const override { return EncodeWith(plain_, text); }

  std::string TokenBytes(TokenId id) const override {
    if (const auto added = added_contents_.find(id); added != added_contents_.end()) {
      return added->second;
    }
    VFFN_CHECK(id >= 0 && id < processor_->GetPieceSize(), "there is no token with id ", id,
               "; the vocabulary has ", size_);
    const std::string& piece = processor_->IdToPiece(id);
    if (processor_->IsByte(id)) {
      return std::string(1, static_cast<char>(std::stoi(piece.substr(3, 2), nullptr, 16)));
    }
    std::string bytes;
    for (size_t i = 0; i < piece.size();) {
      const bool blank = piece.compare(i, kBlankPiece.size(), kBlankPiece) == 0;
      bytes += blank ? ' ' : piece[i];
      i += blank ? kBlankPiece.size() : 1;
    }
    return bytes;
  }

  int64_t vocab_size() const override { return size_; }
  std::optional<TokenId> bos() const override { return OptionalId(processor_->bos_id()); }
  std::optional<TokenId> eos() const override { return OptionalId(processor_->eos_id()); }
  const TokenizerInfo& info() const override { return info_; }

 private:
  static constexpr std::string_view kBlankPiece = "\u2581";

  std::vector<TokenId> EncodeWith(const AddedTokenMatcher& added, std::string_view text) const {
    CheckUtf8(text);
    std::vector<AddedTokenMatcher::Part> parts;
    added.Split(text, parts);
    std::vector<TokenId> ids, piece_ids;
    for (const AddedTokenMatcher::Part& part : parts) {
      if (part.token != nullptr) {
        ids.push_back(part.token->id);
        continue;
      }
      const bool first = part.text.data() == text.data();
      const auto status = ProcessorFor(part.text, first).Encode(part.text, &piece_ids);
      VFFN_CHECK(status.ok(), "SentencePiece: ", status.ToString());
      ids.insert(ids.end(), piece_ids.begin(), piece_ids.end());
    }
    return ids;
  }

  static std::optional<TokenId> OptionalId(int id) { return id < 0 ? std::nullopt : std::optional(id); }

  // With "legacy": false only the beginning of a text has a prefix, unless it begins with a blank.
  const SentencePieceProcessor& ProcessorFor(std::string_view text, bool first) const {
    const bool has_prefix = first && !text.starts_with(' ') && !text.starts_with(kBlankPiece);
    return without_prefix_ == nullptr || has_prefix ? *processor_ : *without_prefix_;
  }

  std::string HashOfModel(const std::string& model, const std::vector<AddedToken>& added) const {
    Sha256 hash;
    hash.Update(without_prefix_ == nullptr ? "sentencepiece" : "sentencepiece, prefix only first");
    hash.Update(model);
    for (const AddedToken& token : added) {
      hash.Update(std::to_string(token.id) + (token.lstrip ? " l" : " ") + (token.rstrip ? "r " : " ") +
                  std::to_string(token.content.size()) + " " + token.content);
    }
    return hash.Hex();
  }

  std::unique_ptr<const SentencePieceProcessor> processor_;
  std::unique_ptr<const SentencePieceProcessor> without_prefix_;  // null: every part of a text has the prefix
  int64_t size_;
  AddedTokenMatcher added_{std::vector<AddedToken>()},
      plain_{std::vector<AddedToken>()};  // plain: no special
  std::map<TokenId, std::string> added_contents_;
  TokenizerInfo info_;
};

}  // namespace

std::unique_ptr<const Tokenizer> LoadSentencePiece(const std::filesystem::path& path) {
  return std::make_unique<SentencePieceTokenizer>(ReadFileBytes(path), path);
}

}  // namespace vffn
