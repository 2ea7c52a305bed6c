// Joins the losses of two models document by document.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/loss_comparison.h"
#include "runs/losses/loss_file.h"

namespace vffn {

/// One model's losses for comparison.
struct LossSet {
  std::string name;  ///< as the user gave it; ends with "[UNTRAINED]" if they, or notes beside them, say so
  std::filesystem::path file;
  LossContents contents;
};

/// The losses of a run, which `name` names (FindRunIfAny): those of the file, or of the folder's
/// losses.jsonl, or else of the only losses_ARGS.jsonl in it. Nothing if there are none, or the name is of a
/// file of scores. Throws Error if there are losses under several model options and none without, and if they
/// are damaged.
std::optional<LossSet> ReadLossSet(const std::string& name);

struct LossPairing {
  std::vector<PairedLoss> documents;
  bool same_tokens = true;         ///< the tokenizers are the same
  std::vector<std::string> notes;  ///< text and window, what is not compared, what was left out
};

/// Throws Error, naming both sides, if the texts or the windows differ (with different tokenizers the token
/// before the text may), if the tokenizers differ and documents were read as one stream, and if documents are
/// in one side only (unless `common_docs`: then they are in the notes).
LossPairing PairLosses(const LossSet& a, const LossSet& b, bool common_docs);

/// "wiki.jsonl, 120 documents, 512,000 bytes": what was measured, for people.
std::string TextOf(const LossContents& losses);

}  // namespace vffn
