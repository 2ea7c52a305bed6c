#include "text/pipeline.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/error.h"
#include "text/byte_level.h"
#include "text/pipeline_identity.h"
#include "text/plain_encoder.h"
#include "text/utf8.h"

namespace vffn {
namespace {

// U+2581, the blank of SentencePiece vocabularies.
constexpr std::string_view kMetaspace = "\u2581";

std::vector<AddedToken> Select(const std::vector<AddedToken>& added, bool normalized) {
  std::vector<AddedToken> selected;
  std::copy_if(added.begin(), added.end(), std::back_inserter(selected),
               [&](const AddedToken& token) { return token.normalized == normalized; });
  return selected;
}

// Whether tokens are spelled in the byte-level alphabet.
bool WritesBytes(const PipelineParts& parts) {
  const auto writes_bytes = [](const auto& step) { return step->WritesBytes(); };
  return parts.options.byte_level || std::ranges::any_of(parts.normalizers, writes_bytes) ||
         std::ranges::any_of(parts.splitters, writes_bytes);
}

// BPE can do without the step that writes bytes as characters if that is the last one, and nothing else looks
// at characters.
void LeaveBytesToModel(PipelineParts& parts) {
  const BpeOptions& options = parts.options;
  if (parts.model != nullptr || parts.splitters.empty() || !parts.splitters.back()->WritesBytes() ||
      !options.prefix.empty() || !options.suffix.empty()) {
    return;
  }
  for (int byte = 0; options.byte_fallback && byte < 256; ++byte) {
    if (parts.vocabulary->Find(ByteCharacter(static_cast<unsigned char>(byte))) == Vocabulary::kNone) {
      return;
    }
  }
  parts.splitters.pop_back();
  parts.options.byte_level = true;
}

std::vector<AddedToken> WithoutSpecial(std::vector<AddedToken> added) {
  std::erase_if(added, [](const AddedToken& token) { return token.special; });
  return added;
}

class Pipeline : public Tokenizer, public PlainEncoder {
 public:
  /// `parts` has a vocabulary and a model.
  Pipeline(PipelineParts parts, TokenizerInfo info)
      : info_(std::move(info)),
        writes_bytes_(WritesBytes(parts)),
        prefix_(parts.options.prefix),
        suffix_(parts.options.suffix),
        asks_for_first_(
            std::ranges::any_of(parts.splitters, [](const auto& step) { return step->AsksForFirst(); })),
        normalizers_(std::move(parts.normalizers)),
        splitters_(std::move(parts.splitters)),
        vocabulary_(std::move(parts.vocabulary)),
        model_(std::move(parts.model)),
        bos_(parts.bos),
        eos_(parts.eos),
        vocab_size_(vocabulary_->size()),
        raw_added_(Select(parts.added, false)),
        normalized_added_(NormalizeContents(Select(parts.added, true))),
        raw_plain_(WithoutSpecial(Select(parts.added, false))),
        normalized_plain_(NormalizeContents(WithoutSpecial(Select(parts.added, true)))) {
    for (const AddedToken& token : parts.added) {
      added_contents_.emplace(token.id, token.content);
      vocab_size_ = std::max<int64_t>(vocab_size_, token.id + 1);
    }
  }

  std::vector<TokenId> Encode(std::string_view text) const override {
    return EncodeWith(raw_added_, normalized_added_, text);
  }

  std::vector<TokenId> EncodePlain(std::string_view text) const override {
    return EncodeWith(raw_plain_, normalized_plain_, text);
  }

  std::string TokenBytes(TokenId id) const override {
    if (const auto added = added_contents_.find(id); added != added_contents_.end()) {
      return added->second;
    }
    VFFN_CHECK(id >= 0 && id < vocabulary_->size() && !(*vocabulary_)[id].empty(),
               "there is no token with id ", id, "; the vocabulary has ", vocab_size_);
    std::string_view token = (*vocabulary_)[id];
    if (!prefix_.empty() && token.starts_with(prefix_)) {
      token.remove_prefix(prefix_.size());
    }
    if (!suffix_.empty() && token.ends_with(suffix_)) {
      token.remove_suffix(suffix_.size());
    }
    return writes_bytes_ ? BytesOfToken(token).value_or(std::string(token))
                         : BytesOfCharacters(std::string(token));
  }

  int64_t vocab_size() const override { return vocab_size_; }
  std::optional<TokenId> bos() const override { return bos_; }
  std::optional<TokenId> eos() const override { return eos_; }
  const TokenizerInfo& info() const override { return info_; }

 private:
  struct Scratch {
    std::vector<AddedTokenMatcher::Part> raw_parts, normal_parts;
    std::string normal;
    WordList words;
  };

  std::vector<TokenId> EncodeWith(const AddedTokenMatcher& raw_added,
                                  const AddedTokenMatcher& normalized_added, std::string_view text) const {
    CheckUtf8(text);
    thread_local Scratch scratch;
    std::vector<TokenId> ids;
    ids.reserve(text.size() / 3 + 8);
    raw_added.Split(text, scratch.raw_parts);
    for (const auto& raw : scratch.raw_parts) {
      if (raw.token != nullptr) {
        ids.push_back(raw.token->id);
        continue;
      }
      const std::string_view normal = Normalize(raw.text, scratch.normal);
      const bool first = asks_for_first_ && raw.text.data() == text.data();
      const char* head_end = normal.data() + (first ? HeadOf(raw.text) : 0);
      normalized_added.Split(normal, scratch.normal_parts);
      for (const auto& part : scratch.normal_parts) {
        if (part.token != nullptr) {
          ids.push_back(part.token->id);
        } else {
          EncodePart(part.text, head_end, scratch.words, ids);
        }
      }
    }
    return ids;
  }

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
      std::string normal(Normalize(token.content, buffer));
      VFFN_CHECK(!normal.empty(), "the normalizer leaves nothing of the added token \"", token.content, "\"");
      token.content = std::move(normal);
    }
    return added;
  }

  // How many bytes of the normal form of `text` stem from its first character.
  size_t HeadOf(std::string_view text) const {
    size_t head = Utf8Length(static_cast<unsigned char>(text[0]));
    std::string normal(text);
    for (const auto& normalizer : normalizers_) {
      head = normalizer->HeadAfter(normal, head);
      normalizer->Apply(normal);
    }
    return head;
  }

  void EncodePart(std::string_view text, const char* head_end, WordList& words,
                  std::vector<TokenId>& ids) const {
    words.Start(text, head_end);
    for (const auto& splitter : splitters_) {
      splitter->Apply(words);
    }
    for (const std::string_view word : words.words()) {
      model_->Encode(word, ids);
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
  bool writes_bytes_;
  std::string prefix_, suffix_;
  bool asks_for_first_;
  Normalizers normalizers_;
  WordSplitters splitters_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::unique_ptr<const WordModel> model_;
  std::optional<TokenId> bos_, eos_;
  int64_t vocab_size_;
  AddedTokenMatcher raw_added_;
  AddedTokenMatcher normalized_added_;
  AddedTokenMatcher raw_plain_, normalized_plain_;  // without the special ones
  std::map<TokenId, std::string> added_contents_;
};

}  // namespace

std::unique_ptr<const Tokenizer> MakePipeline(PipelineParts parts) {
  if (parts.vocabulary == nullptr) {
    parts.vocabulary = std::make_shared<const Vocabulary>(std::move(parts.tokens));
  }
  LeaveBytesToModel(parts);
  if (parts.model == nullptr) {
    parts.model = std::make_unique<Bpe>(parts.vocabulary, parts.merges, parts.options);
  }
  TokenizerInfo info = IdentifyPipeline(parts);
  return std::make_unique<Pipeline>(std::move(parts), std::move(info));
}

std::vector<TokenId> EncodePlain(const Tokenizer& tokenizer, std::string_view text) {
  const auto* encoder = dynamic_cast<const PlainEncoder*>(&tokenizer);
  VFFN_CHECK(encoder != nullptr, "the tokenizer ", tokenizer.info().pipeline,
             " cannot take special tokens as ordinary text");
  return encoder->EncodePlain(text);
}

}  // namespace vffn
