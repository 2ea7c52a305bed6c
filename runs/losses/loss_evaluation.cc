#include "runs/losses/loss_evaluation.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "base/interrupted.h"
#include "base/progress.h"
#include "base/sha256.h"
#include "base/valid_utf8.h"
#include "eval/plan_share.h"
#include "eval/transformer_scorer.h"
#include "model/arithmetic.h"
#include "model/compute_check.h"
#include "model/weights/checkpoint.h"
#include "runs/evaluation.h"
#include "runs/folders/output_check.h"
#include "runs/folders/run_folder.h"
#include "runs/folders/run_removal.h"
#include "runs/losses/loss_part.h"
#include "runs/losses/loss_results.h"
#include "runs/losses/loss_scoring.h"
#include "runs/losses/loss_text.h"
#include "runs/losses/token_loss_file.h"
#include "runs/parts/merge.h"
#include "runs/parts/run_parts.h"
#include "runs/provenance.h"
#include "runs/run_scorer.h"
#include "runs/setting_faults.h"
#include "runs/tokenizer_source.h"

namespace vffn {
namespace {

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

RunIdentity IdentityOf(const LossOptions& options, const Checkpoint& checkpoint, const Tokenizer& tokenizer,
                       const LossWindow& window) {
  return {.model_sha256 = Fingerprint(checkpoint),
          .tokenizer_sha256 = tokenizer.info().sha256,
          .dtype = options.compute.dtype,
          .arithmetic = ArithmeticOf(options.compute.Parse()),
          .max_sequence_length = window.length,
          .ffn = FfnIdentity(checkpoint.config())};
}

std::vector<int> RanksOf(const TextDocuments& text, const LossWindow& window, const ModelConfig& config,
                         const Shard& shard) {
  if (shard.whole()) {
    return {};
  }
  const DocCost cost(config);
  std::vector<int64_t> costs;
  for (const TextDocument& document : text.documents) {
    int64_t& sum = costs.emplace_back(0);
    for (Request& request : WindowsOf(document, window)) {
      sum += cost.Of({.task = document.source, .requests = {std::move(request)}});
    }
  }
  return AssignRanks(costs, shard.count);
}

class LossRun {
 public:
  /// Checks and reads everything; writes nothing.
  explicit LossRun(const LossOptions& options)
      : options_(options), start_(std::chrono::steady_clock::now()), run_(options.output_path), parts_(run_) {
    SettingFaults faults;
    const bool is_text = !options.text.paths.empty();
    faults.Try("text", [&] {
      VFFN_CHECK(is_text != !options.tokens.empty(),
                 "give the text: --text with files of text, or --tokens with token files");
    });
    faults.Try("dtype", [&] { compute_ = options.compute.Parse(); });
    faults.Try("device", [&] { CheckCompute(compute_); });
    faults.Try("model", [&] { checkpoint_ = OpenCheckpoint(options.model, options.compute.model_args); });
    if (checkpoint_ != nullptr || !options.tokenizer.empty()) {
      faults.Try("tokenizer",
                 [&] { tokenizer_ = OpenTokenizer(options.model, options.tokenizer, GgufPipeline::kOwn); });
    }
    if (faults.empty()) {
      ReadText(is_text, faults);
    }
    if (faults.empty()) {
      CheckOutput(faults);
    }
    faults.Throw();
  }

  RunForecast Forecast() const {
    const bool goes_on = options_.resume && HasLosses(outcome_.file);
    const LossContents before = goes_on ? ReadLosses(outcome_.file) : LossContents();
    RunForecast forecast;
    std::map<std::string, std::vector<RequestDoc>> left;
    for (size_t i = 0; i < text_.documents.size(); ++i) {
      const TextDocument& document = text_.documents[i];
      TaskForecast& source = forecast.Find(document.source);
      const std::vector<Request> windows = WindowsOf(document, work_->window);
      ++source.docs;
      source.requests += static_cast<int64_t>(windows.size());
      if (before.documents.contains(static_cast<int64_t>(i))) {
        ++source.done;
      } else {
        for (const Request& window : windows) {
          left[document.source].push_back({.task = document.source, .requests = {window}});
        }
      }
    }
    const DocCost cost(config());
    for (TaskForecast& source : forecast.tasks) {
      AddWork(cost, left[source.name], source, forecast);
    }
    forecast.files = {outcome_.file, LossResultsOf(outcome_.file)};
    if (options_.log_tokens) {
      forecast.files.push_back(TokenLossesOf(outcome_.file));
    }
    if (!options_.trace.folder.empty()) {
      forecast.files.emplace_back(options_.trace.folder);
    }
    if (options_.overwrite) {
      forecast.removed = LossFilesOf(run_, outcome_.file, options_.trace.folder);
    }
    return forecast;
  }

  LossOutcome Run(const std::stop_token& stop) {
    if (options_.shard.whole()) {
      RunWhole(stop);
    } else {
      RunPart(stop);
    }
    return std::move(outcome_);
  }

 private:
  const ModelConfig& config() const { return checkpoint_->config(); }
  LedgerMode Mode() const { return ModeOf(options_.resume, options_.overwrite); }
  std::string stem() const { return outcome_.file.stem().string(); }

  /// Patterns are left to the reader.
  void CheckPaths() const {
    std::vector<std::string> paths = options_.text.paths;
    if (!options_.tokens.empty()) {
      paths.push_back(options_.tokens);
    }
    for (const std::string& path : paths) {
      VFFN_CHECK(path.find_first_of("*?[") != std::string::npos || std::filesystem::exists(path), path,
                 ": there is no such file or folder");
    }
  }

  void ReadText(bool is_text, SettingFaults& faults) {
    LossWindow window;
    const auto choose = [&] {
      window = ChooseWindow(options_.window, is_text, config(), tokenizer_.special);
    };
    const auto read = [&] {
      text_ = ReadLossText(options_, tokenizer_, window, outcome_.notes);
      CheckEmbeddingRows(text_, config().vocab_size);
    };
    const bool there = faults.Try(is_text ? "text" : "tokens", [&] { CheckPaths(); });
    const bool complete = faults.Try("window", choose) && there &&
                          faults.Try(is_text ? "text" : "tokens", read) && faults.Try("model", [&] {
                            outcome_.header.identity =
                                IdentityOf(options_, *checkpoint_, *tokenizer_.tokenizer, window);
                          });
    if (!complete) {
      return;
    }
    outcome_.header = {.identity = outcome_.header.identity,
                       .window = window,
                       .text_sha256 = text_.sha256,
                       .program_version = options_.program.version,
                       .model = ValidUtf8(options_.model),
                       .untrained = IsUntrained(options_.model)};
    outcome_.file = run_.losses(options_.compute.model_args);
    work_ = std::make_unique<LossWork>(
        LossWork{text_, window, RanksOf(text_, window, config(), options_.shard), options_.shard.rank});
  }

  TracedRun Traced() const {
    return {.config = config(),
            .identity = trace_identity_,
            .model = options_.model,
            .tokenizer = *tokenizer_.tokenizer,
            .program = options_.program};
  }

  /// Whether the files can be written.
  void CheckOutput(SettingFaults& faults) {
    trace_identity_ = outcome_.header.identity;
    trace_identity_.profile = kTraceOfLosses + TextOf(outcome_.header.window);
    faults.Try("overwrite", [&] { CheckOverwrite(options_.overwrite, options_.resume, options_.shard); });
    const bool writable = faults.Try("output", [&] { CheckWritable(run_.path(), 0); });
    if (!writable || !options_.shard.whole()) {
      return;
    }
    faults.Try("output", [&] {
      CheckMerged(run_, stem());
      CheckLossFile(outcome_.file, outcome_.header, kLossKind, Mode());
      const std::filesystem::path results = LossResultsOf(outcome_.file);
      VFFN_CHECK(!std::filesystem::exists(results) || IsLossResults(results), results.string(),
                 ": is there already, and is not a file that vffn wrote; choose another --output");
      if (options_.log_tokens) {
        CheckLossFile(TokenLossesOf(outcome_.file), outcome_.header, kTokenLossKind, Mode());
      }
    });
    if (!options_.trace.folder.empty()) {
      faults.Try("trace", [&] {
        CheckWritable(options_.trace.folder, 0);
        CheckTrace(options_.trace, WindowPlan(*work_), Traced(), Mode());
      });
    }
  }

  void RunWhole(const std::stop_token& stop) {
    std::filesystem::create_directories(run_.path());
    if (options_.overwrite) {
      for (const auto& path :
           RemoveFiles(LossFilesOf(run_, outcome_.file, options_.trace.folder), outcome_.file)) {
        std::cerr << "vffn: removed " << path.string() << '\n';
      }
    }
    const LossContents contents = Measure(outcome_.file, options_.trace, stop);
    outcome_.documents = static_cast<int64_t>(text_.documents.size());
    TakeLosses(contents);
    outcome_.others.insert(outcome_.others.begin(), LossResultsOf(outcome_.file));
    WriteLossResults(outcome_.others.front(), outcome_.header, outcome_.losses);
  }

  void RunPart(const std::stop_token& stop) {
    const vffn::RunPart part = parts_.Of(options_.shard);
    parts_.CheckCount(options_.shard);
    std::filesystem::create_directories(part.folder.path());
    TraceFlags trace = options_.trace;
    if (!trace.folder.empty()) {
      const EvaluationPlan plan = WindowPlan({work_->text, work_->window, {}, 0});
      ContentsOf(trace, config(), plan);  // every rank refuses wrong flags, whatever its windows are
      trace.folder = part.losses_trace(stem()).string();
      trace = FlagsWithin(std::move(trace), WindowPlan(*work_));
    }
    BeginPart(part.losses_record(stem()));
    parts_.Mark(options_.shard, stem(), false);
    Measure(part.folder.losses(options_.compute.model_args), trace, stop);
    parts_.Mark(options_.shard, stem(), true);
    outcome_.others.clear();
    outcome_.finished = parts_.CountMarked(options_.shard.count, stem());
    const auto merged = outcome_.finished == options_.shard.count
                            ? MergeLosses({.folders = {run_.path()}, .output = run_.path()}, stem())
                            : std::nullopt;
    if (merged) {
      TakeLosses(merged->contents);
      outcome_.others = merged->others;
    }
  }

  /// Writes the record of a part, or checks that the one that is there is of the same documents.
  void BeginPart(const std::filesystem::path& path) {
    Sha256 hash;
    hash.Update(text_.sha256);
    for (const int rank : work_->ranks) {
      hash.Update(std::to_string(rank) + " ");
    }
    const LossPart part{.shard = options_.shard,
                        .plan_sha256 = hash.Hex(),
                        .documents = std::ranges::count(work_->ranks, options_.shard.rank),
                        .all_documents = static_cast<int64_t>(text_.documents.size()),
                        .token_losses = options_.log_tokens,
                        .trace = options_.trace.folder};
    VFFN_CHECK(
        !options_.resume || !std::filesystem::exists(path) || ReadLossPart(path).HasSameDocuments(part),
        path.string(),
        ": the part was begun with other documents (--text, --tokens, --limit or the options of windows) "
        "or by another version of the program; choose another folder");
    outcome_.documents = part.documents;
    WriteLossPart(path, part);
  }

  /// Measures what the files lack. Returns what is in the file of losses then.
  LossContents Measure(const std::filesystem::path& path, const TraceFlags& trace,
                       const std::stop_token& stop) {
    LossContents contents;
    {
      LossFile file(path, outcome_.header, Mode());
      std::unique_ptr<TokenLossFile> tokens;
      if (options_.log_tokens) {
        tokens = std::make_unique<TokenLossFile>(TokenLossesOf(path), outcome_.header, Mode());
        outcome_.others.push_back(TokenLossesOf(path));
      }
      LossScoring scoring(*work_, file, tokens.get());
      const EvaluationPlan plan = trace.folder.empty() ? EvaluationPlan() : WindowPlan(*work_);
      if (!trace.folder.empty()) {
        outcome_.others.emplace_back(trace.folder);
      }
      if (scoring.windows_missing() > 0 || LacksTrace(trace, plan)) {
        Score(scoring, trace, plan, stop);
      }
      scoring.CloseScored();
      contents = file.contents();
    }
    // Without the rows of windows the file is the one that several processes make.
    if (const std::string whole = FormatLosses(contents);
        contents.windows.empty() && ReadFileBytes(path) != whole) {
      WriteFileAtomically(path, whole);
    }
    return contents;
  }

  bool LacksTrace(const TraceFlags& trace, const EvaluationPlan& plan) const {
    return !trace.folder.empty() && !plan.tasks.empty() && !HasWholeTrace(trace, config(), plan);
  }

  void Score(LossScoring& scoring, const TraceFlags& trace_flags, const EvaluationPlan& plan,
             const std::stop_token& stop) {
    const auto model =
        MakeTransformerScorer(*checkpoint_, {.compute = compute_, .workers = options_.workers});
    EvalTrace trace(trace_flags, plan, Traced(),
                    {.mode = options_.resume ? TraceMode::kResume : TraceMode::kNew});
    RunScorer scorer(*model, trace, start_);
    Progress progress;
    progress.Item(options_.item.number, options_.item.count);
    const int64_t left = scoring.Run(scorer, progress, stop);
    if (left > 0) {
      trace.Finish();
      VFFN_CHECK(stop.stop_requested(), "the scorer returned without the loss of ", left, " windows");
      throw Interrupted("interrupted: " + std::to_string(left) + " windows are missing in " +
                        outcome_.file.string() + "; the same command with --resume continues");
    }
    try {
      trace.Complete(plan, scorer, progress, stop);
    } catch (const Interrupted&) {
      trace.Finish();
      throw;
    }
    trace.Finish();
    const ScoringStatistics statistics = model->statistics();
    outcome_.cost = {.tokens = statistics.trie_tokens, .seconds = statistics.seconds};
  }

  void TakeLosses(const LossContents& contents) {
    for (const auto& [index, document] : contents.documents) {
      if (index < static_cast<int64_t>(text_.documents.size())) {
        outcome_.losses.push_back(document);
      }
    }
  }

  const LossOptions& options_;
  std::chrono::steady_clock::time_point start_;
  ComputeOptions compute_;
  std::unique_ptr<const Checkpoint> checkpoint_;
  ModelTokenizer tokenizer_;
  RunIdentity trace_identity_;
  RunFolder run_;
  RunParts parts_;
  TextDocuments text_;
  std::unique_ptr<LossWork> work_;
  LossOutcome outcome_;
};

}  // namespace

RunForecast ForecastLosses(const LossOptions& options) { return LossRun(options).Forecast(); }

LossOutcome MeasureLosses(const LossOptions& options, const std::stop_token& stop) {
  return LossRun(options).Run(stop);
}

}  // namespace vffn
