#include "train/run/trainer.h"

#include <ATen/Parallel.h>
#include <c10/core/DeviceGuard.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "base/error.h"
#include "base/interrupted.h"
#include "train/run/checkpoint_folder.h"
#include "train/run/log_window.h"
#include "train/run/run_checkpoints.h"
#include "train/run/run_start.h"
#include "train/run/training_evaluation.h"
#include "train/run/training_step.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

bool IsMultiple(int64_t step, int64_t every) { return every > 0 && step % every == 0; }

class Trainer {
 public:
  Trainer(const TrainOptions& options, const at::Device& device, ProcessGroup& group)
      : options_(options),
        config_(options.config),
        group_(group),
        run_(StartRun(options, device, group)),
        step_({.config = &config_,
               .data = run_.data.get(),
               .model = run_.model.get(),
               .group = &group,
               .device = device,
               .micro_batch = run_.machine.micro_batch}),
        window_(config_, run_.model->config(), device, group) {
    if (first()) {
      if (!run_.tokenizer.empty()) {
        tokenizer_ = OpenTokenizer({}, run_.tokenizer, GgufPipeline::kOwn);
      }
      evaluation_.emplace(config_, run_.model->config(), device, tokenizer_ ? &*tokenizer_ : nullptr);
    }
  }

  std::optional<TrainOutcome> Run() {
    if (first() && options_.progress != nullptr) {
      options_.progress->Start("training", "steps", config_.steps, run_.step);
    }
    const FinishAtEnd finish{first() ? options_.progress : nullptr};
    if (EvaluationIsDue(run_.step) && run_.step < config_.steps) {
      Evaluate();  // the start; or it was interrupted
      if (StopIsRequested()) {
        throw Interrupted("stopped " + After(run_.step) +
                          ". The same command with --resume goes on from there");
      }
    }
    BeginWindow();
    while (run_.step < config_.steps) {
      Step();
    }
    return Finish();
  }

 private:
  struct FinishAtEnd {
    Progress* progress;
    ~FinishAtEnd() {
      if (progress != nullptr) {
        progress->Finish();
      }
    }
  };

  bool first() const { return group_.rank() == 0; }
  int64_t tokens_per_step() const { return config_.global_batch * config_.data.sequence_length; }

  bool CheckpointIsDue(int64_t step) const {
    return step == config_.steps || IsMultiple(step, config_.checkpoints.every) ||
           std::ranges::count(config_.checkpoints.keep_steps, step) > 0;
  }

  bool EvaluationIsDue(int64_t step) const {
    return config_.evaluation.every > 0 && (step == config_.steps || step % config_.evaluation.every == 0);
  }

  void Step() {
    const int64_t step = run_.step + 1;
    const at::Tensor norm = step_.Run(step, window_.sums());
    run_.step = step;
    if (first() && options_.progress != nullptr) {
      options_.progress->Advance();
    }
    const bool checkpoint = CheckpointIsDue(step), evaluation = EvaluationIsDue(step);
    const bool alone = group_.world_size() == 1;
    if (!(checkpoint || evaluation || step % config_.log_every == 0 ||
          (alone && options_.stop.stop_requested()))) {
      return;
    }
    Log(norm);
    const bool stop = StopIsRequested();
    if (evaluation && !stop) {
      Evaluate();
    }
    if (checkpoint || stop) {
      WriteCheckpoint();
    }
    if (stop && step < config_.steps) {
      throw Interrupted("stopped " + After(step) + "; the checkpoint is " +
                        CheckpointPath(options_.output, step).string() +
                        ". The same command with --resume goes on from there");
    }
    if (evaluation || checkpoint) {
      BeginWindow();
    }
  }

  static std::string After(int64_t step) {
    return step > 0 ? "after step " + std::to_string(step) : "before the first step";
  }

  /// Whether any process was asked to stop: all of them must stop after the same step.
  bool StopIsRequested() {
    at::Tensor requested = at::full({1}, options_.stop.stop_requested() ? 1 : 0,
                                    at::TensorOptions(at::kLong).device(run_.device));
    group_.AllReduceSum(requested);
    return requested.item<int64_t>() > 0;
  }

  void BeginWindow() { window_.Begin(run_.step, run_.model->flops()); }

  void Log(const at::Tensor& norm) {
    const StepMetrics metrics = window_.End(run_.step, run_.model->flops(), norm);
    CheckFinite(metrics);
    if (first()) {
      run_.log->Append(metrics);
      Note(metrics);
    }
    BeginWindow();
  }

  void CheckFinite(const StepMetrics& metrics) const {
    if (std::isfinite(metrics.loss) && std::isfinite(metrics.gradient_norm)) {
      return;
    }
    const bool loss = !std::isfinite(metrics.loss);
    Fail("step ", metrics.step, ": the ", loss ? "loss" : "gradient norm", " is ",
         loss ? metrics.loss : metrics.gradient_norm, ": training has diverged. ",
         LastCheckpoint(options_.output),
         ". A smaller optimizer.learning_rate or optimizer.max_gradient_norm may avoid it");
  }

  void Note(const StepMetrics& metrics) const {
    if (options_.progress != nullptr) {
      char text[80];
      std::snprintf(text, sizeof text, "loss %.3f  %.0f tokens/s", metrics.loss, metrics.tokens_per_second);
      options_.progress->Note(text);
    }
  }

  /// The other processes wait for rank 0.
  void Evaluate() {
    if (first() && !evaluation_->empty() && last_evaluation() != run_.step) {
      try {
        EvaluationPoint point =
            evaluation_->Run(run_.model->config(), run_.model->parameters(), options_.stop);
        point.step = run_.step;
        point.tokens = run_.step * tokens_per_step();
        run_.log->Append(point);
        WriteTrainingLog(options_.output);
      } catch (const Interrupted&) {  // the run stops after a checkpoint and evaluates when it goes on
      }
    }
    group_.Barrier();
  }

  int64_t last_evaluation() const {
    const std::vector<EvaluationPoint> points = ReadEvaluations(options_.output);
    return points.empty() ? -1 : points.back().step;
  }

  void WriteCheckpoint() {
    if (first()) {
      run_.log->Sync();
      SaveCheckpoint(options_, run_);
    }
    group_.Barrier();
  }

  std::optional<TrainOutcome> Finish() {
    if (!first()) {
      group_.Barrier();
      return std::nullopt;
    }
    TrainOutcome outcome{.steps = run_.step,
                         .tokens = run_.step * tokens_per_step(),
                         .loss = ReadMetrics(options_.output).back().loss,
                         .model = FinalModelPath(options_.output)};
    if (!fs::exists(outcome.model)) {
      SaveFinalModel(options_, run_);
    }
    if (const auto points = ReadEvaluations(options_.output); !points.empty()) {
      outcome.held_out_loss = points.back().held_out_loss;
      outcome.bits_per_byte = points.back().bits_per_byte;
    }
    group_.Barrier();
    return outcome;
  }

  TrainOptions options_;
  TrainingConfig config_;
  ProcessGroup& group_;
  RunStart run_;
  TrainingStep step_;
  LogWindow window_;
  std::optional<ModelTokenizer> tokenizer_;       // rank 0
  std::optional<TrainingEvaluation> evaluation_;  // rank 0
};

}  // namespace

std::optional<TrainOutcome> Train(const TrainOptions& options) {
  KeepFreedMemory();
  const at::Device device = ChooseDevice(options.config.device, ReadLaunchEnvironment().local_rank);
  if (options.config.threads > 0) {
    at::set_num_threads(static_cast<int>(options.config.threads));
  }
  const c10::DeviceGuard guard(device);
  const std::unique_ptr<ProcessGroup> group = JoinProcessGroup(device);
  return Trainer(options, device, *group).Run();
}

}  // namespace vffn
