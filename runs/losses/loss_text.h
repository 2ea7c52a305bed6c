// The text of a measurement of losses, as its options say.
#pragma once

#include "runs/losses/loss_evaluation.h"
#include "runs/losses/text_documents.h"
#include "runs/tokenizer_source.h"

namespace vffn {

/// The documents of the options' text or token files, or the pieces of their streams if the window is of
/// streams. `notes` gets what was empty or left out. Throws Error as the readers of text and token files.
TextDocuments ReadLossText(const LossOptions& options, const ModelTokenizer& tokenizer,
                           const LossWindow& window, LossNotes& notes);

}  // namespace vffn
