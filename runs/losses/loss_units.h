// What the loss is measured of: documents, or pieces of streams of documents, and their windows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/document_loss.h"
#include "eval/loss_window.h"
#include "eval/request.h"
#include "runs/losses/text_documents.h"
#include "runs/losses/token_documents.h"
#include "runs/losses/token_text.h"

namespace vffn {

/// The documents that have text as one stream. kPacked: each with the token `end_of_document` after it.
/// kChunks: with the window's prefix before the first one, if there is one, and with `end_of_document`
/// between two of them. The hash says which token joins them. Throws Error if it is needed and absent.
TokenStreams JoinDocuments(const TextDocuments& text, const LossWindow& window,
                           std::optional<TokenId> end_of_document);

struct StreamUnits {
  TextDocuments units;   ///< pieces of window.length tokens; an id is the number of the piece in its stream
  int64_t left_out = 0;  ///< tokens at the ends of the streams, too few for a piece
};

/// The pieces of the streams. Bytes and characters are of the tokens that count. `limit` takes the first
/// pieces alone; 0: all. Throws Error if there are none.
StreamUnits CutStreams(const TokenStreams& streams, const LossWindow& window, TokenTextSizes& sizes,
                       int64_t limit);

/// The windows of a document or piece: they predict each token that counts once. None for a document without
/// tokens.
std::vector<Request> WindowsOf(const TextDocument& document, const LossWindow& window);

/// How many there are, without making them.
int64_t CountWindows(const TextDocument& document, const LossWindow& window);

/// The row of a document, before its loss is known.
DocumentLoss UnmeasuredLoss(const TextDocument& document, const LossWindow& window);

}  // namespace vffn
