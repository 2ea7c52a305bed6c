#include <cmath>

#include "base/error.h"
#include "eval/profiles.h"
#include "runs/tasks/profile_tasks.h"
#include "tokens/token_file.h"
#include "train/config/schedules.h"
#include "train/config/training_config.h"

namespace vffn {
namespace {

/// Checks of the fields of one section.
class FieldChecks {
 public:
  FieldChecks(const std::string& origin, const char* section) : place_(origin + ": " + section) {}

  void Whole(const char* name, int64_t value, int64_t low, int64_t high = int64_t{1} << 50) const {
    VFFN_CHECK(value >= low && value <= high, place_, name, " is ", value, ", should be a whole number from ",
               low, " to ", high);
  }

  void From0(const char* name, double value) const {
    VFFN_CHECK(std::isfinite(value) && value >= 0, place_, name, " is ", value,
               ", should be a number from 0");
  }

  void Positive(const char* name, double value) const {
    VFFN_CHECK(std::isfinite(value) && value > 0, place_, name, " is ", value, ", should be above 0");
  }

  /// From 0 to 1. `open` excludes 1.
  void Share(const char* name, double value, bool open = false) const {
    VFFN_CHECK(value >= 0 && (open ? value < 1 : value <= 1), place_, name, " is ", value,
               ", should be from 0 to ", open ? "below " : "", 1);
  }

 private:
  std::string place_;
};

void CheckUpcycle(const FfnConfig& upcycle, const std::string& origin) {
  constexpr int64_t kAnyHiddenSize = int64_t{1} << 24;  // that of the checkpoint is not known yet
  FfnConfig ffn = upcycle;
  ffn.expert_hidden_size = std::max<int64_t>(ffn.expert_hidden_size, ffn.n_experts > 0 ? 1 : 0);
  Validate(ffn, kAnyHiddenSize, origin + ": upcycle");
}

void CheckStart(const StartConfig& start, const std::string& origin) {
  VFFN_CHECK(start.model.has_value() != !start.from.empty(), origin, ": ",
             start.model ? "both model and from are given" : "neither model nor from is given",
             "; give `model` for a new model, or `from` for a checkpoint");
  if (start.model) {
    VFFN_CHECK(!start.upcycle, origin, ": upcycle is given, but not `from`, the dense checkpoint to upcycle");
    VFFN_CHECK(start.model_args.empty(), origin,
               ": model_args is for `from`; write the fields into `model` itself");
    Validate(*start.model, origin + ": model");
  }
  if (start.upcycle) {
    VFFN_CHECK(start.model_args.empty(), origin,
               ": model_args is given beside upcycle; write the fields into `upcycle` itself");
    CheckUpcycle(*start.upcycle, origin);
  }
  const FfnConfig ffn = start.model ? start.model->ffn : start.upcycle.value_or(FfnConfig());
  VFFN_CHECK(
      !ffn.probes.shuffle_loops && !ffn.probes.sample_loops, origin,
      ": shuffle_loops and sample_loops are controls for trained models; a model is not trained with them");
}

void CheckData(const TrainingConfig& config, const std::string& origin) {
  const DataConfig& data = config.data;
  const FieldChecks checks(origin, "data.");
  VFFN_CHECK(!data.train.empty(), origin, ": data.train is missing: token files, or folders of them");
  checks.Whole("sequence_length", data.sequence_length, 2, int64_t{1} << 30);
  if (!data.dtype.empty()) {
    try {
      ParseTokenType(data.dtype);
    } catch (const Error& error) {
      Fail(origin, ": data.dtype: ", error.what());
    }
  }
  if (const auto& filter = data.repetition_filter) {
    checks.Whole("repetition_filter.min_period", filter->min_period, 1);
    checks.Whole("repetition_filter.max_period", filter->max_period, filter->min_period);
    checks.Whole("repetition_filter.max_count", filter->max_count, 2);
  }
  const auto& model = config.start.model;
  VFFN_CHECK(!model || data.sequence_length <= model->max_sequence_length, origin,
             ": data.sequence_length is ", data.sequence_length, ", but the model's max_sequence_length is ",
             model->max_sequence_length);
}

void CheckOptimizer(const OptimizerConfig& optimizer, const std::string& origin) {
  const FieldChecks checks(origin, "optimizer.");
  checks.Positive("learning_rate", optimizer.learning_rate);
  checks.Share("beta1", optimizer.beta1, true);
  checks.Share("beta2", optimizer.beta2, true);
  checks.Positive("epsilon", optimizer.epsilon);
  checks.From0("weight_decay", optimizer.weight_decay);
  checks.From0("max_gradient_norm", optimizer.max_gradient_norm);
}

void CheckSchedules(const TrainingConfig& config, const std::string& origin) {
  const FieldChecks checks(origin, "schedule.");
  const ScheduleConfig& schedule = config.schedule;
  checks.Whole("warmup_steps", schedule.warmup_steps.value_or(0), 0);
  checks.Share("warmup_share", schedule.warmup_share);
  checks.Share("start_factor", schedule.start_factor, true);
  checks.Share("end_factor", schedule.end_factor);
  const int64_t end = schedule.end_step.value_or(config.steps);
  VFFN_CHECK(WarmupSteps(config) <= end, origin, ": schedule: the warm-up has ", WarmupSteps(config),
             " steps, but the schedule ends at step ", end);
  const FieldChecks tau(origin, "tau.");
  tau.Positive("start", config.tau.start);
  tau.Positive("end", config.tau.end);
  tau.Positive("decay", config.tau.decay);
  tau.Share("decay", config.tau.decay);
  VFFN_CHECK(config.tau.end <= config.tau.start, origin, ": tau.end is ", config.tau.end,
             ", should be at most tau.start (", config.tau.start, ")");
  if (config.tau.share) {
    tau.Positive("share", *config.tau.share);
    tau.Share("share", *config.tau.share);
  }
}

void CheckCheckpoints(const TrainingConfig& config, const std::string& origin) {
  const FieldChecks checks(origin, "checkpoints.");
  checks.Whole("every", config.checkpoints.every, 0);
  checks.Whole("keep", config.checkpoints.keep, 1);
  for (const int64_t step : config.checkpoints.keep_steps) {
    checks.Whole("keep_steps: a step", step, 1, config.steps);
  }
}

void CheckEvaluation(const TrainingConfig& config, const std::string& origin) {
  const EvaluationConfig& evaluation = config.evaluation;
  const FieldChecks checks(origin, "evaluation.");
  checks.Whole("every", evaluation.every, 0);
  checks.From0("limit", evaluation.limit);
  checks.Whole("held_out_sequences", evaluation.held_out_sequences, 0);
  try {
    const Profile& profile = FindProfile(evaluation.profile);
    if (!evaluation.tasks.empty()) {
      TasksOfRun(profile, evaluation.tasks);
    }
  } catch (const Error& error) {
    Fail(origin, ": evaluation: ", error.what());
  }
  VFFN_CHECK(evaluation.tasks.empty() || !evaluation.data.empty(), origin,
             ": evaluation.tasks is given, but not evaluation.data, the folder of the task data");
  VFFN_CHECK(evaluation.tasks.empty() || evaluation.every > 0, origin,
             ": evaluation.tasks is given, but not evaluation.every, the steps between evaluations");
  VFFN_CHECK(evaluation.every == 0 || !evaluation.tasks.empty() || !config.data.held_out.empty(), origin,
             ": evaluation.every is ", evaluation.every,
             ", but there is nothing to evaluate: give evaluation.tasks or data.held_out");
  VFFN_CHECK(evaluation.tasks.empty() || !config.start.model || !config.start.tokenizer.empty(), origin,
             ": evaluation.tasks is given, but not `tokenizer`, which a new model needs for them");
}

void CheckDevice(const std::string& device, const std::string& origin) {
  const bool numbered = device.starts_with("cuda:") && device.size() > 5 && device.size() < 9 &&
                        device.find_first_not_of("0123456789", 5) == std::string::npos;
  VFFN_CHECK(numbered || device == "auto" || device == "cpu" || device == "cuda", origin, ": device is '",
             device, "', should be auto, cpu, cuda or cuda:N");
}

}  // namespace

void Validate(const TrainingConfig& config, const std::string& origin) {
  const FieldChecks checks(origin, "");
  checks.Whole("steps", config.steps, 1);
  checks.Whole("global_batch", config.global_batch, 1, int64_t{1} << 24);
  checks.Whole("micro_batch", config.micro_batch, 0, config.global_batch);
  checks.Whole("log_every", config.log_every, 1);
  checks.Whole("threads", config.threads, 0, int64_t{1} << 12);
  CheckDevice(config.device, origin);
  CheckStart(config.start, origin);
  CheckData(config, origin);
  CheckOptimizer(config.optimizer, origin);
  CheckSchedules(config, origin);
  const FieldChecks loss(origin, "loss.");
  loss.From0("balance_coefficient", config.loss.balance_coefficient);
  loss.From0("loop_balance_coefficient", config.loss.loop_balance_coefficient);
  CheckCheckpoints(config, origin);
  CheckEvaluation(config, origin);
}

}  // namespace vffn
