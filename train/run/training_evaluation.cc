#include "train/run/training_evaluation.h"

#include <ATen/Parallel.h>

#include <sstream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "eval/evaluator.h"
#include "runs/evaluation.h"
#include "train/log/metrics_log.h"
#include "train/run/stored_weights.h"

namespace vffn {
namespace {

constexpr uint64_t kSampleSeed = 1;  // the same draws at every evaluation

/// Whether training draws loop counts.
bool DrawsLoops(const FfnConfig& ffn) {
  return ffn.kind == FfnKind::kVersatile && ffn.probes.branches != Branches::kWidth && ffn.probes.loops == 0;
}

/// Gives LibTorch the number of threads back that it had.
class KeepThreads {
 public:
  KeepThreads() : threads_(at::get_num_threads()) {}
  ~KeepThreads() { at::set_num_threads(threads_); }
  KeepThreads(const KeepThreads&) = delete;
  KeepThreads& operator=(const KeepThreads&) = delete;

 private:
  int threads_;
};

EvaluationPlan PlanOf(const EvaluationConfig& config, const ModelConfig& model,
                      const ModelTokenizer* tokenizer) {
  VFFN_CHECK(tokenizer != nullptr,
             "evaluation.tasks needs a tokenizer: set \"tokenizer\" to a tokenizer.json");
  EvaluationOptions options;
  options.tasks = config.tasks;
  options.data = config.data;
  options.profile = config.profile;
  options.limit = config.limit;
  return LoadPlan(options, *tokenizer, model);
}

/// The mean training loss of the steps after `from`, up to `to`; nothing if none was logged.
std::optional<double> MeanLoss(const std::vector<StepMetrics>& metrics, int64_t from, int64_t to) {
  double sum = 0;
  int64_t steps = 0, last = 0;  // the line of a step has the mean since the line before it
  for (const StepMetrics& line : metrics) {
    if (line.step > from && line.step <= to) {
      const int64_t count = line.step - last;
      sum += line.loss * static_cast<double>(count);
      steps += count;
    }
    last = line.step;
  }
  return steps > 0 ? std::optional(sum / static_cast<double>(steps)) : std::nullopt;
}

/// The primary metric, and bits per byte of the right answer.
void AddScores(const TaskResults& task, EvaluationPoint& point) {
  for (const MetricScore& score : task.scores) {
    if (score.estimate && (score.metric == task.primary || score.metric == Metric::kBitsPerByte)) {
      point.tasks.push_back({.task = task.task.name,
                             .metric = std::string(FactsOf(score.metric).name),
                             .score = score.estimate->value,
                             .docs = task.docs});
    }
  }
}

/// The mean of all accuracies, in percent; nothing if there is none.
std::optional<double> MeanAccuracy(const EvaluationPoint& point) {
  double sum = 0;
  int64_t count = 0;
  for (const EvaluationPoint::Task& task : point.tasks) {
    if (FactsOf(FindMetric(task.metric)).accuracy) {
      sum += task.score;
      ++count;
    }
  }
  return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

/// A CSV field.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    quoted.append(c == '"' ? "\"\"" : std::string(1, c));
  }
  return quoted + "\"";
}

}  // namespace

TrainingEvaluation::TrainingEvaluation(const TrainingConfig& config, const ModelConfig& model,
                                       const at::Device& device, const ModelTokenizer* tokenizer)
    : device_(device), dtype_(config.dtype) {
  if (config.evaluation.every == 0) {
    return;
  }
  if (!config.data.held_out.empty()) {
    const TokenSequences data(config.data.held_out, config.data.dtype, config.data.sequence_length);
    held_out_ = LoadHeldOut(data, config.evaluation.held_out_sequences, model.vocab_size, tokenizer);
  }
  if (!config.evaluation.tasks.empty()) {
    plan_ = PlanOf(config.evaluation, model, tokenizer);
  }
}

ScorerOptions TrainingEvaluation::Options() const {
  ScorerOptions options;
  options.compute.device = device_.str();
  options.compute.dtype = dtype_;
  options.workers = device_.is_cpu() ? at::get_num_threads() : 0;
  return options;
}

EvaluationPoint TrainingEvaluation::Run(const ModelConfig& model, const ParameterStore& parameters,
                                        const std::stop_token& stop) const {
  const KeepThreads keep;  // the scorer gives each of its workers one
  const auto scorer = MakeTransformerScorer(StoredWeights(model, parameters), Options());
  EvaluationPoint point;
  if (held_out_) {
    const HeldOutLoss loss = ScoreHeldOut(*held_out_, *scorer, stop);
    point.held_out_loss = loss.loss;
    point.bits_per_byte = loss.bits_per_byte;
    if (DrawsLoops(model.ffn)) {
      ModelConfig sampled = model;
      sampled.ffn.probes.sample_loops = kSampleSeed;
      point.sampled_held_out_loss =
          ScoreHeldOut(*held_out_, *MakeTransformerScorer(StoredWeights(sampled, parameters), Options()),
                       stop)
              .loss;
    }
  }
  if (!plan_.tasks.empty()) {
    const RunIdentity identity{.dtype = ToString(dtype_),
                               .rendering = std::string(NameOf(plan_.profile->rendering)),
                               .encoding = std::string(NameOf(plan_.profile->encoding))};
    for (const TaskResults& task : EvaluateInMemory(plan_, identity, *scorer, stop).tasks) {
      AddScores(task, point);
    }
  }
  return point;
}

void WriteTrainingLog(const std::filesystem::path& output) {
  const std::vector<StepMetrics> metrics = ReadMetrics(output);
  const std::string name = std::filesystem::absolute(output).lexically_normal().filename().string();
  std::ostringstream text;
  text.precision(10);
  text << "configuration,tokens,loss,accuracy\n";
  int64_t previous = 0;
  for (const EvaluationPoint& point : ReadEvaluations(output)) {
    const std::optional<double> loss = MeanLoss(metrics, previous, point.step);
    previous = point.step;
    const std::optional<double> accuracy = MeanAccuracy(point);
    if (!loss && !accuracy) {
      continue;
    }
    text << Quoted(name) << ',' << point.tokens << ',';
    if (loss) {
      text << *loss;
    }
    text << ',';
    if (accuracy) {
      text << *accuracy;
    }
    text << '\n';
  }
  WriteFileAtomically(output / "training_log.csv", text.str());
}

}  // namespace vffn
