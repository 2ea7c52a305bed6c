#include <chrono>
#include <filesystem>
#include <future>
#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "apps/compute_flags.h"
#include "apps/eval_trace.h"
#include "apps/interrupt.h"
#include "apps/task_source.h"
#include "apps/tokenizer_source.h"
#include "base/error.h"
#include "eval/evaluator.h"
#include "eval/ledger.h"
#include "eval/result_files.h"
#include "eval/transformer_scorer.h"
#include "reports/score_table.h"

namespace vffn {
namespace {

using Clock = std::chrono::steady_clock;

struct EvalOptions {
  std::string model, tokenizer, tasks, data = ".setup/data", profile = "olmo";
  std::string tokenizer_compat = "own", output_path = "output";
  ComputeFlags compute;
  TraceFlags trace;
  double limit = 0;
  int workers = 0;
  int64_t max_length = 0;
  bool add_bos_token = false, log_samples = false, resume = false;
};

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Hands everything to the model's scorer and notes when the first scores came.
class TimedScorer : public Scorer {
 public:
  TimedScorer(TransformerScorer& scorer, Clock::time_point start) : scorer_(scorer), start_(start) {}

  void Score(std::span<const RequestDoc> docs, const Done& done, std::stop_token stop) override {
    scorer_.Score(
        docs,
        [&](size_t index, std::vector<RequestScores> scores) {
          if (!seconds_to_first_score_) {
            seconds_to_first_score_ = SecondsSince(start_);
          }
          done(index, std::move(scores));
        },
        stop);
  }
  int64_t max_sequence_length() const override { return scorer_.max_sequence_length(); }

  /// Of this run, for results files.
  OrderedJson Statistics() const {
    const ScoringStatistics statistics = scorer_.statistics();
    return {
        {"workers", scorer_.workers()},
        {"seconds_to_first_score", seconds_to_first_score_ ? OrderedJson(*seconds_to_first_score_) : nullptr},
        {"seconds_scoring", statistics.seconds},
        {"docs", statistics.docs},
        {"query_tokens", statistics.query_tokens},
        {"trie_tokens", statistics.trie_tokens},
        {"scored_tokens", statistics.scored_tokens},
        {"head_rows", statistics.head_rows},
        {"visible_pairs", statistics.visible_pairs},
        {"necessary_flops", statistics.flops.total()},
        {"executed", ToJson(statistics.executed)}};
  }

 private:
  TransformerScorer& scorer_;
  Clock::time_point start_;
  std::optional<double> seconds_to_first_score_;
};

EncodingOptions EncodingOf(const Profile& profile, const Tokenizer& tokenizer, const EvalOptions& options,
                           int64_t max_length) {
  EncodingOptions encoding{
      .tokenisation = profile.encoding == Encoding::kJoint ? Tokenisation::kJoint : Tokenisation::kSeparate,
      .max_sequence_length = max_length,
      .empty_context = tokenizer.bos() ? tokenizer.bos() : tokenizer.eos()};
  if (options.add_bos_token) {
    Check(tokenizer.bos().has_value(), "--add_bos_token: the model's tokenizer has no BOS token");
    encoding.bos = tokenizer.bos();
  }
  return encoding;
}

EvaluationPlan MakePlan(const EvalOptions& options, const std::vector<std::string>& tasks,
                        const Profile& profile, const Tokenizer& tokenizer, int64_t max_length) {
  const EncodingOptions encoding = EncodingOf(profile, tokenizer, options, max_length);
  EvaluationPlan plan{.profile = &profile};
  for (const std::string& name : tasks) {
    plan.tasks.push_back(LoadTask(name, options.data, profile, {options.limit}, tokenizer, encoding));
  }
  return plan;
}

/// The options of an FFN decide its scores, wherever they come from.
std::string FfnIdentity(const ModelConfig& config) {
  return config.ffn.kind == FfnKind::kDense ? "" : ToJson(config.ffn).dump();
}

void PrintFiles(const std::vector<std::filesystem::path>& files) {
  for (const std::filesystem::path& file : files) {
    std::cout << "wrote " << file.string() << '\n';
  }
}

void RunEval(const EvalOptions& options) {
  const Clock::time_point start = Clock::now();
  const double unix_seconds =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const std::stop_token stop = StopOnInterrupt();
  const Profile& profile = FindProfile(options.profile);
  const std::vector<std::string> tasks = ParseTaskList(options.tasks);
  const ComputeOptions compute = options.compute.Parse();
  const auto checkpoint = OpenCheckpoint(options.model, options.compute.model_args);
  const ModelConfig& config = checkpoint->config();
  Check(options.max_length >= 0 && options.max_length <= config.max_sequence_length, "--max_length ",
        options.max_length, ": the model takes up to ", config.max_sequence_length, " tokens");
  const int64_t max_length = options.max_length > 0 ? options.max_length : config.max_sequence_length;

  // The weights are read while the docs are.
  auto loading = std::async(std::launch::async, [&] {
    return MakeTransformerScorer(
        *checkpoint, {.compute = compute, .workers = options.workers, .max_sequence_length = max_length});
  });
  const auto tokenizer =
      OpenTokenizer(options.model, options.tokenizer,
                    options.tokenizer_compat == "own" ? GgufPipeline::kOwn : GgufPipeline::kTransformers);
  const EvaluationPlan plan = MakePlan(options, tasks, profile, *tokenizer, max_length);
  const LedgerIdentity identity{.model_sha256 = Fingerprint(*checkpoint),
                                .tokenizer_sha256 = tokenizer->info().sha256,
                                .dtype = ToString(compute.dtype),
                                .rendering = std::string(NameOf(profile.rendering)),
                                .encoding = std::string(NameOf(profile.encoding)),
                                .bos_token = options.add_bos_token ? *tokenizer->bos() : -1,
                                .max_sequence_length = max_length,
                                .ffn = FfnIdentity(config)};
  const auto model = loading.get();  // what is wrong with it or the device is said before a ledger is begun
  std::filesystem::create_directories(options.output_path);
  Ledger ledger = Ledger::Open(std::filesystem::path(options.output_path) / "ledger.jsonl",
                               {.identity = identity,
                                .program_version = VFFN_VERSION,
                                .provenance = {{"model_path", options.model}, {"device", compute.device}}},
                               options.resume ? LedgerMode::kResume : LedgerMode::kNew);
  TimedScorer scorer(*model, start);
  Progress progress;
  EvalTrace trace(options.trace, config, identity, profile, options.model, *tokenizer, options.resume);
  trace.AttachTo(*model);
  const Results results = [&] {
    try {
      Results scored = Evaluate(plan, scorer, ledger, progress, stop);
      trace.Complete(plan, scorer, stop);
      trace.Finish();
      return scored;
    } catch (const Interrupted&) {
      trace.Finish();
      throw;
    }
  }();

  const RunInfo info{
      .model_path = options.model,
      .model_args = options.compute.model_args,
      .parameters = ParameterCount(config),
      .model = {{"format", checkpoint->format()}, {"config", ToJson(config)}},
      .tokenizer = {{"pipeline", tokenizer->info().pipeline}, {"source", tokenizer->info().source}},
      .program_version = VFFN_VERSION,
      .git_hash = std::string(VFFN_GIT_HASH).empty() ? std::nullopt : std::optional(VFFN_GIT_HASH),
      .device = compute.device,
      .limit = options.limit > 0 ? std::optional(options.limit) : std::nullopt,
      .scoring = scorer.Statistics(),
      .date_id = DateId(unix_seconds),
      .start_seconds = unix_seconds,
      .elapsed_seconds = SecondsSince(start)};
  std::vector<std::filesystem::path> files = {WriteResults(options.output_path, results, info)};
  if (options.log_samples) {
    std::ranges::copy(WriteSamples(options.output_path, plan, ledger.contents(), info),
                      std::back_inserter(files));
  }
  std::cout << ScoreTable(results, TableFormat::kConsole);
  PrintFiles(files);
}

}  // namespace

void AddEvalCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* command = app.add_subcommand("eval", "Score a model on tasks, zero-shot");
  command->add_option("--model", options->model, "GGUF file or checkpoint folder")->required();
  command
      ->add_option("--tasks", options->tasks, "Comma-separated names (vffn tasks), all, or oe:REQUEST_FILE")
      ->required();
  command->add_option("--data", options->data, "Folder of the data sets")->capture_default_str();
  command->add_option("--profile", options->profile, "Whose protocol: olmo, olmo-in-loop-0.9 or lm-eval")
      ->capture_default_str();
  command->add_option("--limit", options->limit, "First docs of each task: a number, or a share below 1")
      ->check(CLI::PositiveNumber);
  command->add_option("--output_path", options->output_path, "Folder for ledger, results and samples")
      ->capture_default_str();
  command->add_flag("--log_samples", options->log_samples, "Write samples_*.jsonl too");
  options->compute.AddTo(*command);
  options->trace.AddTo(*command);
  command->add_option("--workers", options->workers, "Packs scored at once (default: the number of cores)")
      ->check(CLI::PositiveNumber);
  command->add_flag("--resume", options->resume, "Go on with the ledger in --output_path if there is one");
  command->add_option("--tokenizer", options->tokenizer,
                      "tokenizer.json or GGUF file (default: the model's own)");
  command
      ->add_option(
          "--tokenizer-compat", options->tokenizer_compat,
          "transformers-gguf: split words as transformers does for a GGUF file, to repeat such a run")
      ->check(CLI::IsMember({"own", "transformers-gguf"}))
      ->capture_default_str();
  command
      ->add_option("--max_length", options->max_length, "Tokens of a sequence (default: the model's maximum)")
      ->check(CLI::PositiveNumber);
  command->add_flag("--add_bos_token", options->add_bos_token, "Begin every sequence with the BOS token");
  command->callback([options, &exit_code] {
    try {
      RunEval(*options);
    } catch (const Interrupted& interrupted) {
      std::cerr << "vffn: " << interrupted.what() << '\n';
      exit_code = 130;
    }
  });
}

}  // namespace vffn
