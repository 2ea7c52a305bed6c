#include "runs/losses/loss_text.h"

#include <utility>

#include "base/error.h"
#include "eval/token_placement.h"
#include "runs/losses/loss_units.h"
#include "runs/losses/token_documents.h"
#include "runs/losses/token_text.h"

namespace vffn {
namespace {

class LossTextReader {
 public:
  LossTextReader(const LossOptions& options, const ModelTokenizer& tokenizer, const LossWindow& window)
      : options_(options),
        tokenizer_(tokenizer),
        window_(window),
        end_of_document_(EndOfDocument()),
        sizes_(*tokenizer.tokenizer, end_of_document_) {}

  TextDocuments Read(LossNotes& notes) {
    TextDocuments text;
    if (window_.of_stream()) {
      StreamUnits units = CutStreams(ReadStreams(notes), window_, sizes_, options_.limit);
      notes.left_out = units.left_out;
      text = std::move(units.units);
    } else {
      text = is_text() ? ReadTextDocuments(TextOptions(), Encoding())
                       : ReadTokenDocuments(TokenOptions(), sizes_);
      notes.empty = text.empty;
      notes.skipped = text.skipped;
    }
    return text;
  }

 private:
  bool is_text() const { return !options_.text.paths.empty(); }

  std::optional<TokenId> EndOfDocument() const {
    if (!options_.eos_token_id) {
      return tokenizer_.special.end_of_document();
    }
    VFFN_CHECK(*options_.eos_token_id >= 0 && *options_.eos_token_id < tokenizer_.tokenizer->vocab_size(),
               "--eos_token_id ", *options_.eos_token_id, ": the vocabulary has tokens 0 to ",
               tokenizer_.tokenizer->vocab_size() - 1);
    return static_cast<TokenId>(*options_.eos_token_id);
  }

  TokenStreams ReadStreams(LossNotes& notes) {
    if (!is_text()) {
      return ReadTokenStreams(TokenOptions());
    }
    const TextDocuments text = ReadTextDocuments(TextOptions(), Encoding());
    notes.empty = text.empty;
    notes.skipped = text.skipped;
    return JoinDocuments(text, window_, end_of_document_);
  }

  TextFileOptions TextOptions() const {
    TextFileOptions text = options_.text;
    text.limit = window_.of_stream() ? 0 : options_.limit;
    return text;
  }

  TextEncoding Encoding() const {
    TextEncoding encoding{.tokenizer = *tokenizer_.tokenizer,
                          .plain = window_.kind == WindowKind::kChunks,
                          .drop_last_newline = window_.kind == WindowKind::kChunks};
    if (!window_.of_stream()) {
      const TokenPlacement placement =
          PlaceSpecialTokens(FindProfile("lm-eval"), tokenizer_.special, std::nullopt);
      encoding.around = placement.around;
      encoding.marked_begin = placement.marked_begin;
    }
    return encoding;
  }

  TokenFileOptions TokenOptions() const {
    return {.path = options_.tokens,
            .type = options_.token_type == "auto" ? std::nullopt
                                                  : std::optional(ParseTokenType(options_.token_type)),
            .tokenizer = *tokenizer_.tokenizer,
            .end_of_document = end_of_document_,
            .limit = options_.limit};
  }

  const LossOptions& options_;
  const ModelTokenizer& tokenizer_;
  LossWindow window_;
  std::optional<TokenId> end_of_document_;
  TokenTextSizes sizes_;
};

}  // namespace

TextDocuments ReadLossText(const LossOptions& options, const ModelTokenizer& tokenizer,
                           const LossWindow& window, LossNotes& notes) {
  return LossTextReader(options, tokenizer, window).Read(notes);
}

}  // namespace vffn
