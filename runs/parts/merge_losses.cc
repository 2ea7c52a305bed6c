// MergeLosses of merge.h.
#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "runs/losses/loss_part.h"
#include "runs/losses/loss_results.h"
#include "runs/losses/token_loss_file.h"
#include "runs/parts/merge.h"
#include "runs/parts/part_problems.h"
#include "runs/parts/trace_merge.h"
#include "trace/trace_reader.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// The docs of the parts' traces, which are windows, in the order of the text: that of their numbers.
std::vector<std::pair<std::string, int64_t>> TracedWindows(std::span<const fs::path> traces) {
  std::vector<std::pair<std::string, int64_t>> windows;
  for (const fs::path& trace : traces) {
    if (fs::exists(trace)) {
      const TraceReader reader(trace);
      for (const auto& [source, numbers] : reader.docs()) {
        for (const int64_t number : numbers) {
          windows.emplace_back(source, number);
        }
      }
    }
  }
  std::ranges::sort(windows, {}, [](const auto& window) { return window.second; });
  return windows;
}

/// The documents of a part some of whose tokens are not in its file of token losses.
int64_t CountWithoutTokens(const fs::path& token_losses, const LossContents& losses) {
  std::map<int64_t, int64_t> tokens;
  ReadTokenLosses(token_losses, [&](const TokenLosses& window) {
    tokens[window.document] += static_cast<int64_t>(window.tokens.size());
  });
  // The first token of a sequence is divided by, and not predicted.
  const int64_t unpredicted = losses.header.window.denominator == LossDenominator::kSequenceTokens ? 1 : 0;
  return std::ranges::count_if(losses.documents, [&](const auto& entry) {
    const auto& [index, document] = entry;
    return document.tokens > 0 && tokens[index] != document.tokens - unpredicted;
  });
}

class LossJoiner {
 public:
  LossJoiner(std::string stem, PartProblems& problems) : stem_(std::move(stem)), problems_(problems) {}

  void Add(const RunPart& part) {
    const fs::path path = part.folder.path() / (stem_ + ".jsonl");
    try {
      if (!fs::exists(part.losses_record(stem_))) {
        problems_.AddUnfinished(part, "nothing is finished");
        return;
      }
      const LossPart record = ReadLossPart(part.losses_record(stem_));
      LossContents contents = ReadLosses(path);
      if (!CheckSame(part, record, contents)) {
        return;
      }
      if (record.token_losses != first_->token_losses || record.trace.empty() != first_->trace.empty()) {
        problems_.AddUnfinished(part, "was run with other options (--log_tokens, --trace) than rank " +
                                          std::to_string(first_->shard.rank));
      }
      if (record.token_losses) {
        token_losses_.push_back(TokenLossesOf(path));
        if (const int64_t missing = CountWithoutTokens(token_losses_.back(), contents); missing > 0) {
          problems_.AddUnfinished(part, token_losses_.back().filename().string() + " lacks tokens of " +
                                            std::to_string(missing) + " documents");
        }
      }
      if (!record.trace.empty()) {
        traces_.push_back(part.losses_trace(stem_));
      }
      const auto measured = static_cast<int64_t>(contents.documents.size());
      if (measured != record.documents) {
        problems_.AddUnfinished(part, std::to_string(measured) + " of " + std::to_string(record.documents) +
                                          " documents are measured");
      }
      whole_.documents.merge(contents.documents);
      if (!contents.documents.empty()) {
        problems_.Add(path.string() + ": document " + std::to_string(contents.documents.begin()->first) +
                      " is in another part, too");
      }
    } catch (const Error& error) {
      problems_.AddDamaged(part, error.what());
    }
  }

  /// Throws Error if a document is missing.
  const LossContents& whole() const {
    problems_.Check();
    VFFN_CHECK(static_cast<int64_t>(whole_.documents.size()) == first_->all_documents, "the parts have ",
               whole_.documents.size(), " documents of ", first_->all_documents);
    return whole_;
  }

  /// Writes what belongs to the file of losses; returns the paths.
  std::vector<fs::path> WriteOthers(const fs::path& losses, const std::optional<fs::path>& trace) const {
    std::vector<fs::path> written = {LossResultsOf(losses)};
    WriteLossResults(written.back(), whole_.header, whole_.InOrder());
    if (!token_losses_.empty()) {
      written.push_back(TokenLossesOf(losses));
      MergeTokenLosses(token_losses_, written.back());
    }
    if (!traces_.empty()) {
      written.push_back(trace.value_or(first_->trace));
      MergeTraces(traces_, TracedWindows(traces_), written.back());
    }
    return written;
  }

 private:
  bool CheckSame(const RunPart& part, const LossPart& record, const LossContents& contents) {
    if (!first_) {
      first_ = record;
      whole_.header = contents.header;
    }
    const bool same =
        DifferencesOf(whole_.header, contents.header).empty() && record.plan_sha256 == first_->plan_sha256;
    if (!same) {
      problems_.Add(
          part.folder.path().string() +
          ": its losses are of another model, text, window or number of documents than those of rank " +
          std::to_string(first_->shard.rank) + "; give the parts of one run");
    }
    return same;
  }

  std::string stem_;
  PartProblems& problems_;
  std::optional<LossPart> first_;
  LossContents whole_;
  std::vector<fs::path> token_losses_, traces_;  // of the parts
};

}  // namespace

std::optional<MergedLosses> MergeLosses(const MergeOptions& options, const std::string& stem) {
  fs::create_directories(options.output);
  const auto lock = LockForMerging(options.output);
  if (lock == nullptr) {
    return std::nullopt;
  }
  PartProblems problems;
  LossJoiner joiner(stem, problems);
  for (const RunPart& part : CollectParts(options, stem + ".jsonl", problems)) {
    joiner.Add(part);
  }
  const fs::path path = options.output / (stem + ".jsonl");
  const std::string text = FormatLosses(joiner.whole());
  VFFN_CHECK(!fs::exists(path) || ReadFileBytes(path) == text, path.string(),
             ": there are losses already, and they are not those of these parts; give another folder "
             "(--output)");
  WriteFileAtomically(path, text);
  return MergedLosses{
      .file = path, .others = joiner.WriteOthers(path, options.trace), .contents = joiner.whole()};
}

}  // namespace vffn
