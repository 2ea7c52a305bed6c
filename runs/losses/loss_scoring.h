// Scoring the windows of a text into the files of losses.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <stop_token>
#include <vector>

#include "base/progress.h"
#include "eval/evaluation_plan.h"
#include "eval/scorer.h"
#include "runs/losses/loss_file.h"
#include "runs/losses/loss_units.h"
#include "runs/losses/token_loss_file.h"

namespace vffn {

/// The documents of one process and where their losses go.
struct LossWork {
  const TextDocuments& text;
  LossWindow window;
  std::vector<int> ranks;  ///< of all documents; empty: one process has them all
  int rank = 0;

  bool Has(size_t document) const { return ranks.empty() || ranks[document] == rank; }
};

/// The windows of this process's documents as docs of a trace: a task is a source, and a doc_id is the number
/// of the window among those of all documents.
EvaluationPlan WindowPlan(const LossWork& work);

class LossScoring {
 public:
  /// `tokens` may be null. Everything must outlive the object.
  LossScoring(const LossWork& work, LossFile& file, TokenLossFile* tokens);

  int64_t windows_missing() const { return missing_; }

  /// Writes the rows of documents whose windows are all in the file: those without tokens, and those after
  /// whose last window a run was killed.
  void CloseScored();

  /// Scores the windows that the files lack. Returns the number of windows that are still missing, which is 0
  /// unless a stop was requested.
  int64_t Run(Scorer& scorer, Progress& progress, const std::stop_token& stop);

 private:
  /// A document of which some windows are not scored yet.
  struct OpenDocument {
    std::vector<double> windows;  ///< nll of each
    int64_t windows_left = 0;
  };
  struct Place {
    int64_t document, window;
  };

  bool IsMissing(int64_t document, int64_t window) const;
  OpenDocument Open(int64_t document) const;
  void AddWindows(int64_t document);
  void ScoreSlice(Scorer& scorer, const std::stop_token& stop);
  void Add(const Place& place, const Request& request, const RequestScores& scores);
  void Close(int64_t document, std::span<const double> windows);

  const LossWork& work_;
  LossFile& file_;
  TokenLossFile* tokens_;
  std::vector<int64_t> first_windows_;  // [documents] numbers in the text
  int64_t windows_ = 0, missing_ = 0;
  std::map<int64_t, OpenDocument> open_;
  std::vector<RequestDoc> slice_;
  std::vector<Place> places_;  // of the slice's windows
  int64_t slice_tokens_ = 0;
  Progress* progress_ = nullptr;
  double measured_nll_ = 0;  // by this process, for the progress line
  int64_t measured_tokens_ = 0;
};

}  // namespace vffn
