#include "runs/loss_evaluation.h"

#include <numeric>

#include "base/error.h"
#include "base/interrupted.h"
#include "base/progress.h"
#include "base/valid_utf8.h"
#include "eval/document_windows.h"
#include "eval/transformer_scorer.h"
#include "model/weights/checkpoint.h"
#include "runs/evaluation.h"
#include "runs/run_folder.h"
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
          .max_sequence_length = WindowLength(options, checkpoint.config()),
          .ffn = FfnIdentity(checkpoint.config())};
}

/// The windows of the documents that the file lacks; a window's doc_id is the index of its document in
/// `open`.
std::vector<RequestDoc> MissingWindows(const TextDocuments& text, const LossContents& contents,
                                       int64_t length, std::map<int64_t, OpenDocument>& open) {
  std::vector<RequestDoc> windows;
  for (size_t i = 0; i < text.documents.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    const TextDocument& document = text.documents[i];
    if (contents.documents.contains(index)) {
      continue;
    }
    OpenDocument& entry = open[index];
    entry.loss = {.id = document.id,
                  .source = document.source,
                  .tokens = static_cast<int64_t>(document.tokens.size()),
                  .bytes = document.bytes};
    entry.first_window = windows.size();
    for (Request& window : DocumentWindows(document.tokens, document.before, length)) {
      windows.push_back({.task = document.source, .doc_id = index, .requests = {std::move(window)}});
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
  scorer.Score(
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

}  // namespace

LossOutcome MeasureLosses(const LossOptions& options, const std::stop_token& stop) {
  const ComputeOptions compute = options.compute.Parse();
  const auto checkpoint = OpenCheckpoint(options.model, options.compute.model_args);
  const auto tokenizer = OpenTokenizer(options.model, options.tokenizer, GgufPipeline::kOwn).tokenizer;
  const TextDocuments text = ReadTokenDocuments(options.tokens, *tokenizer, options.limit);
  CheckEmbeddingRows(text, checkpoint->config().vocab_size);
  const RunFolder folder(options.output_path);
  std::filesystem::create_directories(folder.path());
  LossOutcome outcome{.file = folder.losses(options.compute.model_args)};
  const RunIdentity identity = IdentityOf(options, *checkpoint, *tokenizer);
  LossFile file(outcome.file,
                {.identity = identity,
                 .text_sha256 = text.sha256,
                 .program_version = options.program.version,
                 .model = ValidUtf8(options.model)},
                options.resume);
  std::map<int64_t, OpenDocument> open;
  const std::vector<RequestDoc> windows =
      MissingWindows(text, file.contents(), identity.max_sequence_length, open);
  if (!windows.empty()) {
    const auto scorer = MakeTransformerScorer(*checkpoint, {.compute = compute, .workers = options.workers});
    const size_t left = ScoreWindows(*scorer, windows, open, file, stop);
    if (left > 0 && stop.stop_requested()) {
      throw Interrupted("interrupted: " + std::to_string(left) + " documents are missing in " +
                        outcome.file.string() + "; the same command with --resume continues");
    }
    VFFN_CHECK(left == 0, "the scorer returned without the loss of ", left, " documents");
    outcome.measured = true;
  }
  for (const auto& [index, document] : file.contents().documents) {
    if (index < static_cast<int64_t>(text.documents.size())) {
      outcome.losses.push_back(document);
    }
  }
  return outcome;
}

}  // namespace vffn
