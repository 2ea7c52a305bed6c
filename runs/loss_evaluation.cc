#include "runs/loss_evaluation.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/interrupted.h"
#include "base/progress.h"
#include "base/sha256.h"
#include "base/valid_utf8.h"
#include "eval/document_windows.h"
#include "eval/ordered_scorer.h"
#include "eval/plan_share.h"
#include "eval/transformer_scorer.h"
#include "model/arithmetic.h"
#include "model/weights/checkpoint.h"
#include "runs/evaluation.h"
#include "runs/loss_part.h"
#include "runs/merge.h"
#include "runs/run_folder.h"
#include "runs/run_parts.h"
#include "runs/text_documents.h"
#include "runs/tokenizer_source.h"

namespace vffn {
namespace {

/// A document of which some windows are not scored yet.
struct OpenDocument {
  DocumentLoss loss;
  size_t first_window = 0;      ///< index in the list of windows
  std::vector<double> windows;  ///< nll of each
  size_t windows_left = 0;
};

/// The documents of this process.
struct LossShare {
  std::vector<int> ranks;  ///< of all documents; empty: one process has them all
  LossPart part;

  bool Has(size_t document) const { return ranks.empty() || ranks[document] == part.shard.rank; }
};

std::vector<RequestDoc> WindowsOf(const TextDocument& document, int64_t index, int64_t length) {
  std::vector<RequestDoc> windows;
  for (Request& window : DisjointWindows(document.tokens, document.before, length)) {
    windows.push_back({.task = document.source, .doc_id = index, .requests = {std::move(window)}});
  }
  return windows;
}

LossShare ShareOf(const TextDocuments& text, const ModelConfig& config, int64_t length, const Shard& shard) {
  const auto count = static_cast<int64_t>(text.documents.size());
  LossShare share{.part = {.shard = shard, .documents = count, .all_documents = count}};
  if (shard.whole()) {
    return share;
  }
  const DocCost cost(config);
  std::vector<int64_t> costs;
  for (size_t i = 0; i < text.documents.size(); ++i) {
    int64_t& sum = costs.emplace_back(0);
    for (const RequestDoc& window : WindowsOf(text.documents[i], static_cast<int64_t>(i), length)) {
      sum += cost.Of(window);
    }
  }
  share.ranks = AssignRanks(costs, shard.count);
  share.part.documents = std::ranges::count(share.ranks, shard.rank);
  Sha256 hash;
  hash.Update(text.sha256);
  for (const int rank : share.ranks) {
    hash.Update(std::to_string(rank) + " ");
  }
  share.part.plan_sha256 = hash.Hex();
  return share;
}

int64_t WindowLength(const LossOptions& options, const ModelConfig& config) {
  VFFN_CHECK(options.max_length >= 0 && options.max_length <= config.max_sequence_length, "--max_length ",
             options.max_length, ": the model takes up to ", config.max_sequence_length, " tokens");
  return options.max_length > 0 ? options.max_length : config.max_sequence_length;
}

/// Token ids are those of the tokenizer's vocabulary, which may be larger than the model's embedding.
void CheckEmbeddingRows(const TextDocuments& text, int64_t rows) {
  for (const TextDocument& document : text.documents) {
    for (const TokenId id : document.tokens) {
      VFFN_CHECK(id < rows, document.source, ", document ", document.id, ": the token id ", id,
                 " has no row in the model's embedding, which has ", rows,
                 ": the tokens are those of another model's tokenizer");
    }
  }
}

RunIdentity IdentityOf(const LossOptions& options, const Checkpoint& checkpoint, const Tokenizer& tokenizer) {
  return {.model_sha256 = Fingerprint(checkpoint),
          .tokenizer_sha256 = tokenizer.info().sha256,
          .dtype = options.compute.dtype,
          .arithmetic = ArithmeticOf(options.compute.Parse()),
          .max_sequence_length = WindowLength(options, checkpoint.config()),
          .ffn = FfnIdentity(checkpoint.config())};
}

/// The windows of the documents that are this rank's and that the file lacks; a window's doc_id is the index
/// of its document in `open`.
std::vector<RequestDoc> MissingWindows(const TextDocuments& text, const LossShare& share,
                                       const LossContents& contents, int64_t length,
                                       std::map<int64_t, OpenDocument>& open) {
  std::vector<RequestDoc> windows;
  for (size_t i = 0; i < text.documents.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    const TextDocument& document = text.documents[i];
    if (!share.Has(i) || contents.documents.contains(index)) {
      continue;
    }
    OpenDocument& entry = open[index];
    entry.loss = {.id = document.id,
                  .source = document.source,
                  .tokens = static_cast<int64_t>(document.tokens.size()),
                  .bytes = document.bytes};
    entry.first_window = windows.size();
    for (RequestDoc& window : WindowsOf(document, index, length)) {
      windows.push_back(std::move(window));
    }
    entry.windows_left = windows.size() - entry.first_window;
    entry.windows.resize(entry.windows_left);
  }
  return windows;
}

/// The windows are summed in their order, in whatever order they are scored.
void AddScores(size_t window, const RequestScores& scores, OpenDocument& document) {
  double& nll = document.windows.at(window - document.first_window);
  for (const float log_prob : scores.log_probs) {
    nll -= log_prob;
  }
  if (--document.windows_left == 0) {
    document.loss.nll = std::accumulate(document.windows.begin(), document.windows.end(), 0.0);
  }
}

/// Scores the windows into the file; returns the documents that are missing still.
size_t ScoreWindows(Scorer& scorer, std::span<const RequestDoc> windows, std::map<int64_t, OpenDocument> open,
                    LossFile& file, const std::stop_token& stop) {
  Progress progress;
  const size_t done = file.contents().documents.size();
  progress.Start("losses", "documents", static_cast<int64_t>(done + open.size()), static_cast<int64_t>(done));
  OrderedScorer(scorer).Score(
      windows,
      [&](size_t window, std::vector<RequestScores> scores) {
        const auto document = open.find(windows[window].doc_id);
        AddScores(window, scores.at(0), document->second);
        if (document->second.windows_left == 0) {
          file.Append(document->first, document->second.loss);
          open.erase(document);
          progress.Advance();
        }
      },
      stop);
  progress.Finish();
  file.Sync();
  return open.size();
}

/// Writes the record of a part, or checks that the one that is there is the same.
void BeginPart(const LossPart& part, const std::filesystem::path& path, bool resume) {
  VFFN_CHECK(
      !resume || !std::filesystem::exists(path) || ReadLossPart(path) == part, path.string(),
      ": the part was begun with other documents (--tokens, --limit, --max_length) or by another version "
      "of the program; choose another folder");
  WriteLossPart(path, part);
}

/// Measures what the file lacks; returns whether there was anything.
bool Measure(const LossOptions& options, const Checkpoint& checkpoint, const ComputeOptions& compute,
             const TextDocuments& text, const LossShare& share, LossFile& file, const std::stop_token& stop) {
  std::map<int64_t, OpenDocument> open;
  const std::vector<RequestDoc> windows =
      MissingWindows(text, share, file.contents(), file.contents().header.identity.max_sequence_length, open);
  if (windows.empty()) {
    return false;
  }
  const auto scorer = MakeTransformerScorer(checkpoint, {.compute = compute, .workers = options.workers});
  const size_t left = ScoreWindows(*scorer, windows, open, file, stop);
  if (left > 0 && stop.stop_requested()) {
    throw Interrupted("interrupted: " + std::to_string(left) + " documents are missing in " +
                      file.path().string() + "; the same command with --resume continues");
  }
  VFFN_CHECK(left == 0, "the scorer returned without the loss of ", left, " documents");
  return true;
}

}  // namespace

LossOutcome MeasureLosses(const LossOptions& options, const std::stop_token& stop) {
  const ComputeOptions compute = options.compute.Parse();
  const auto checkpoint = OpenCheckpoint(options.model, options.compute.model_args);
  const auto tokenizer = OpenTokenizer(options.model, options.tokenizer, GgufPipeline::kOwn).tokenizer;
  const TextDocuments text = ReadTokenDocuments(options.tokens, *tokenizer, options.limit);
  CheckEmbeddingRows(text, checkpoint->config().vocab_size);
  const RunIdentity identity = IdentityOf(options, *checkpoint, *tokenizer);
  const RunFolder run(options.output_path);
  LossOutcome outcome{.file = run.losses(options.compute.model_args)};
  const std::string stem = outcome.file.stem().string();
  const RunParts parts(run);
  const LossShare share = ShareOf(text, checkpoint->config(), identity.max_sequence_length, options.shard);
  const RunPart part = parts.Of(options.shard);
  const RunFolder folder = options.shard.whole() ? run : part.folder;
  if (options.shard.whole()) {
    CheckMerged(run, stem);
  } else {
    parts.CheckCount(options.shard);
  }
  std::filesystem::create_directories(folder.path());
  LossContents contents;
  {
    LossFile file(folder.losses(options.compute.model_args),
                  {.identity = identity,
                   .window = {.length = identity.max_sequence_length, .stride = identity.max_sequence_length},
                   .text_sha256 = text.sha256,
                   .program_version = options.program.version,
                   .model = ValidUtf8(options.model)},
                  options.resume);
    if (!options.shard.whole()) {
      BeginPart(share.part, part.losses_record(stem), options.resume);
      parts.Mark(options.shard, stem, false);
    }
    outcome.measured = Measure(options, *checkpoint, compute, text, share, file, stop);
    contents = file.contents();
  }
  outcome.documents = share.part.documents;
  if (!options.shard.whole()) {
    parts.Mark(options.shard, stem, true);
    outcome.finished = parts.CountMarked(options.shard.count, stem);
    const auto merged = outcome.finished == options.shard.count
                            ? MergeLosses({.folders = {run.path()}, .output = run.path()}, stem)
                            : std::nullopt;
    contents.documents.clear();
    if (merged) {
      contents = merged->contents;
    }
  }
  for (const auto& [index, document] : contents.documents) {
    if (index < static_cast<int64_t>(text.documents.size())) {
      outcome.losses.push_back(document);
    }
  }
  return outcome;
}

}  // namespace vffn
