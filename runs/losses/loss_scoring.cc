#include "runs/losses/loss_scoring.h"

#include <cstdio>
#include <numeric>
#include <utility>

#include "eval/ordered_scorer.h"

namespace vffn {
namespace {

// Tokens of windows that wait to be scored: many packs, and little memory.
constexpr int64_t kSliceTokens = int64_t{1} << 22;

std::vector<int64_t> FirstWindows(const LossWork& work) {
  std::vector<int64_t> first;
  int64_t count = 0;
  for (const TextDocument& document : work.text.documents) {
    first.push_back(count);
    count += CountWindows(document, work.window);
  }
  return first;
}

RequestDoc DocOf(const TextDocument& document, int64_t number, Request window) {
  return {.task = document.source, .doc_id = number, .requests = {std::move(window)}};
}

double NllOf(const RequestScores& scores) {
  return -std::accumulate(scores.log_probs.begin(), scores.log_probs.end(), 0.0);
}

}  // namespace

EvaluationPlan WindowPlan(const LossWork& work) {
  EvaluationPlan plan;
  std::map<std::string, size_t> tasks;
  const std::vector<int64_t> first = FirstWindows(work);
  for (size_t i = 0; i < work.text.documents.size(); ++i) {
    if (!work.Has(i)) {
      continue;
    }
    const TextDocument& document = work.text.documents[i];
    const auto [task, added] = tasks.try_emplace(document.source, plan.tasks.size());
    if (added) {
      plan.tasks.push_back({.name = document.source});
    }
    int64_t number = first[i];
    for (Request& window : WindowsOf(document, work.window)) {
      plan.tasks[task->second].requests.push_back(DocOf(document, number++, std::move(window)));
    }
  }
  return plan;
}

LossScoring::LossScoring(const LossWork& work, LossFile& file, TokenLossFile* tokens)
    : work_(work), file_(file), tokens_(tokens), first_windows_(FirstWindows(work)) {
  for (size_t i = 0; i < work.text.documents.size(); ++i) {
    if (work.Has(i)) {
      const OpenDocument open = Open(static_cast<int64_t>(i));
      windows_ += static_cast<int64_t>(open.windows.size());
      missing_ += open.windows_left;
    }
  }
}

bool LossScoring::IsMissing(int64_t document, int64_t window) const {
  if (tokens_ != nullptr && !tokens_->Has(document, window)) {
    return true;
  }
  return !file_.contents().documents.contains(document) && !file_.HasWindow(document, window);
}

LossScoring::OpenDocument LossScoring::Open(int64_t document) const {
  const int64_t windows = CountWindows(work_.text.documents[static_cast<size_t>(document)], work_.window);
  OpenDocument open{.windows = std::vector<double>(static_cast<size_t>(windows))};
  for (int64_t window = 0; window < windows; ++window) {
    if (IsMissing(document, window)) {
      ++open.windows_left;
    } else if (file_.HasWindow(document, window)) {
      open.windows[static_cast<size_t>(window)] = file_.contents().windows.at(document).at(window);
    }
  }
  return open;
}

void LossScoring::CloseScored() {
  for (size_t i = 0; i < work_.text.documents.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    if (!work_.Has(i) || file_.contents().documents.contains(index)) {
      continue;
    }
    if (const OpenDocument open = Open(index); open.windows_left == 0) {
      Close(index, open.windows);
    }
  }
}

int64_t LossScoring::Run(Scorer& scorer, Progress& progress, const std::stop_token& stop) {
  progress_ = &progress;
  progress.Start("losses", "windows", windows_, windows_ - missing_);
  for (size_t i = 0; i < work_.text.documents.size() && !stop.stop_requested(); ++i) {
    if (work_.Has(i)) {
      AddWindows(static_cast<int64_t>(i));
    }
    if (slice_tokens_ >= kSliceTokens || i + 1 == work_.text.documents.size()) {
      ScoreSlice(scorer, stop);
    }
  }
  progress.Finish();
  file_.Sync();
  if (tokens_ != nullptr) {
    tokens_->Sync();
  }
  return missing_;
}

/// Adds the missing windows of a document to the slice.
void LossScoring::AddWindows(int64_t document) {
  OpenDocument open = Open(document);
  if (open.windows_left == 0) {
    return;
  }
  const auto index = static_cast<size_t>(document);
  std::vector<Request> requests = WindowsOf(work_.text.documents[index], work_.window);
  for (size_t w = 0; w < requests.size(); ++w) {
    const auto window = static_cast<int64_t>(w);
    if (IsMissing(document, window)) {
      slice_tokens_ += static_cast<int64_t>(requests[w].context.size() + requests[w].continuation.size());
      slice_.push_back(
          DocOf(work_.text.documents[index], first_windows_[index] + window, std::move(requests[w])));
      places_.push_back({document, window});
    }
  }
  open_.emplace(document, std::move(open));
}

void LossScoring::ScoreSlice(Scorer& scorer, const std::stop_token& stop) {
  if (!slice_.empty() && !stop.stop_requested()) {
    OrderedScorer(scorer).Score(
        slice_,
        [&](size_t i, std::vector<RequestScores> scores) {
          Add(places_[i], slice_[i].requests.front(), scores.front());
        },
        stop);
  }
  slice_.clear();
  places_.clear();
  slice_tokens_ = 0;
}

void LossScoring::Add(const Place& place, const Request& request, const RequestScores& scores) {
  const auto open = open_.find(place.document);
  std::vector<double>& windows = open->second.windows;
  double& nll = windows[static_cast<size_t>(place.window)];
  nll = NllOf(scores);
  if (tokens_ != nullptr && !tokens_->Has(place.document, place.window)) {
    tokens_->Append({.document = place.document,
                     .window = place.window,
                     .tokens = request.continuation,
                     .log_probs = scores.log_probs});
  }
  const bool in_file = file_.contents().documents.contains(place.document);
  if (windows.size() > 1 && !in_file && !file_.HasWindow(place.document, place.window)) {
    file_.AppendWindow(place.document, place.window, nll);
  }
  --missing_;
  if (--open->second.windows_left == 0) {
    if (!in_file) {
      Close(place.document, windows);
    }
    open_.erase(open);
  }
  measured_nll_ += nll;
  measured_tokens_ += static_cast<int64_t>(scores.log_probs.size());
  char note[80];
  std::snprintf(note, sizeof note, "loss %.2f of %lld tokens",
                measured_nll_ / static_cast<double>(measured_tokens_),
                static_cast<long long>(measured_tokens_));
  progress_->Note(note);
  progress_->Advance();
}

/// The windows are summed in their order, in whatever order they were scored.
void LossScoring::Close(int64_t document, std::span<const double> windows) {
  DocumentLoss loss = UnmeasuredLoss(work_.text.documents[static_cast<size_t>(document)], work_.window);
  loss.nll = std::accumulate(windows.begin(), windows.end(), 0.0);
  file_.Append(document, loss);
}

}  // namespace vffn
