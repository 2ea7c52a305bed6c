#include "text/models/word_piece.h"

#include "base/error.h"
#include "text/utf8.h"

namespace vffn {
namespace {

class WordLevel : public WordModel {
 public:
  WordLevel(std::shared_ptr<const Vocabulary> vocabulary, WordPieceOptions options)
      : vocabulary_(std::move(vocabulary)), options_(std::move(options)) {}

  std::string Describe() const override { return "WordLevel"; }
  std::string Details() const override { return options_.unknown_token; }

 protected:
  void EncodeAfresh(std::string_view word, std::vector<TokenId>& ids) const override {
    const TokenId id = vocabulary_->Find(word);
    ids.push_back(id == Vocabulary::kNone ? Unknown() : id);
  }

  TokenId Unknown() const {
    VFFN_CHECK(options_.unknown,
               "the text has a word that is not in the vocabulary, and neither is the unknown token \"",
               options_.unknown_token, "\"");
    return *options_.unknown;
  }

  std::shared_ptr<const Vocabulary> vocabulary_;
  WordPieceOptions options_;
};

class WordPiece : public WordLevel {
 public:
  using WordLevel::WordLevel;

  std::string Describe() const override {
    return "WordPiece(" + options_.prefix + "," + std::to_string(options_.max_characters) + ")";
  }

 protected:
  void EncodeAfresh(std::string_view word, std::vector<TokenId>& ids) const override {
    const size_t before = ids.size();
    bool known = CountCodePoints(word) <= options_.max_characters;
    std::string piece;
    for (size_t start = 0; known && start < word.size();) {
      piece = start > 0 ? options_.prefix : "";
      const size_t prefix = piece.size();
      piece += word.substr(start);
      TokenId id = Vocabulary::kNone;
      while (piece.size() > prefix && (id = vocabulary_->Find(piece)) == Vocabulary::kNone) {
        while ((static_cast<unsigned char>(piece.back()) & 0xC0) == 0x80) {
          piece.pop_back();
        }
        piece.pop_back();
      }
      known = id != Vocabulary::kNone;
      ids.push_back(id);
      start += piece.size() - prefix;
    }
    if (!known) {
      ids.resize(before);
      ids.push_back(Unknown());
    }
  }
};

}  // namespace

std::unique_ptr<const WordModel> MakeWordPiece(std::shared_ptr<const Vocabulary> vocabulary,
                                               WordPieceOptions options) {
  return std::make_unique<WordPiece>(std::move(vocabulary), std::move(options));
}

std::unique_ptr<const WordModel> MakeWordLevel(std::shared_ptr<const Vocabulary> vocabulary,
                                               WordPieceOptions options) {
  return std::make_unique<WordLevel>(std::move(vocabulary), std::move(options));
}

}  // namespace vffn
