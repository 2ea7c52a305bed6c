#include "train/config/olmo_config.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "runs/tasks/task_catalogue.h"
#include "train/config/olmo_options.h"
#include "train/config/olmo_start.h"
#include "train/data/training_data.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

void ReadOptimizer(OlmoOptions& options, OptimizerConfig& optimizer) {
  options.Only("optimizer.name", "lionw", "adamw");
  options.Only("optimizer.no_decay_norm_and_bias", "null", "null");
  options.Only("optimizer.selective_updates", "false", "false");
  options.Ignore("optimizer.", {"metrics_log_interval", "record_update_metrics"});
  const std::vector<double> betas = options.NumberList("optimizer.betas", {0.9, 0.95});
  VFFN_CHECK(betas.size() == 2, options.origin(), ": optimizer.betas has ", betas.size(),
             " numbers, should be two");
  optimizer = {.learning_rate = options.Number("optimizer.learning_rate", "1e-4").value_or(0),
               .beta1 = betas[0],
               .beta2 = betas[1],
               .epsilon = options.Number("optimizer.eps", "1e-5").value_or(0),
               .weight_decay = options.Number("optimizer.weight_decay", "0.01").value_or(-1),
               .decay_norms_and_biases = options.Flag("optimizer.decay_norm_and_bias", "false"),
               .decay_embeddings = options.Flag("optimizer.decay_embeddings", "false"),
               .max_gradient_norm = options.Number("max_grad_norm", "null").value_or(0)};
  options.Only("max_grad_norm_ratio", "null", "null");
}

/// A number of scheduler.units as steps.
std::optional<int64_t> ReadUnits(OlmoOptions& options, const std::string& key, const char* olmo_default,
                                 int64_t tokens_per_step) {
  const std::optional<double> number = options.Number(key, olmo_default);
  if (!number) {
    return std::nullopt;
  }
  const Json* units = options.Find("scheduler.units");
  const bool tokens = units != nullptr && *units == "tokens";
  VFFN_CHECK(tokens || units == nullptr || *units == "steps", options.origin(), ": scheduler.units is ",
             units->dump(), ", should be steps or tokens");
  const double steps = tokens ? *number / static_cast<double>(tokens_per_step) : *number;
  VFFN_CHECK(steps >= 0 && steps < 1e15 && steps == std::floor(steps), options.origin(), ": ", key, " is ",
             *number,
             tokens ? " tokens, no multiple of the tokens of a step, " : ", no whole number of steps",
             tokens ? std::to_string(tokens_per_step) : "");
  return static_cast<int64_t>(steps);
}

void ReadSchedule(OlmoOptions& options, int64_t tokens_per_step, TrainingConfig& config) {
  options.Only("scheduler.name", "cosine_with_warmup", "cosine_with_warmup");
  options.Only("scheduler.grad_clip_warmup_steps", "null", "null");
  options.Only("scheduler.grad_clip_warmup_factor", "null", "null");
  ScheduleConfig& schedule = config.schedule;
  schedule.warmup_steps = ReadUnits(options, "scheduler.t_warmup", "100", tokens_per_step);
  if (options.Find("scheduler.t_max") != nullptr) {
    schedule.end_step = ReadUnits(options, "scheduler.t_max", "null", tokens_per_step);
  }
  schedule.end_factor = options.Number("scheduler.alpha_f", "0.1").value_or(-1);
  constexpr double kOlmosStart = 0.1;  // of the learning rate
  const std::optional<double> first = options.Number("scheduler.warmup_min_lr", "null");
  schedule.start_factor = first ? *first / config.optimizer.learning_rate : kOlmosStart;
}

/// A path of this machine, absolute.
std::string LocalPath(const std::string& path, const std::string& key, const OlmoOptions& options) {
  VFFN_CHECK(path.find("://") == std::string::npos, options.origin(), ": ", key, " is ", path,
             ": copy it to this machine first");
  return fs::absolute(path).lexically_normal().string();
}

void ReadData(OlmoOptions& options, DataConfig& data) {
  for (const char* key : {"datasets", "label_mask_paths", "custom_dataset"}) {
    options.Only(std::string("data.") + key, "null", "null");
  }
  options.Only("data.generate_attention_mask", "false", "false");
  options.Only("data.generate_doc_lengths", "false", "false");
  options.Ignore("data.", {"pad_direction", "num_workers", "pin_memory", "prefetch_factor",
                           "persistent_workers", "timeout", "seed"});
  for (const std::string& path : options.TextList("data.paths")) {
    data.train.push_back(LocalPath(path, "data.paths", options));
  }
  VFFN_CHECK(!data.train.empty(), options.origin(), ": data.paths is missing: a list of token files");
  if (options.Find("data.instance_filter") != nullptr) {
    const std::string filter = "data.instance_filter.repetition_";
    data.repetition_filter = {.min_period = options.Count(filter + "min_period", "1"),
                              .max_period = options.Count(filter + "max_period", "13"),
                              .max_count = options.Count(filter + "max_count", "32")};
  }
  if (options.Find("data.memmap_dtype") != nullptr) {  // otherwise as tokens.json says, else OLMo's uint16
    data.dtype = options.Text("data.memmap_dtype", "uint16").value_or("");
  }
  options.Note(
      "the order of sequences is random, but not OLMo's (another generator); each epoch begins where the "
      "last "
      "one ended");
}

int64_t ReadDuration(OlmoOptions& options, const TrainingConfig& config, int64_t tokens_per_step) {
  std::string text = options.Text("max_duration", "10000").value_or("null");
  const bool drop_last = options.Flag("data.drop_last", "false");
  const bool epochs = text.ends_with("ep"), tokens = text.ends_with('T');
  std::string digits = text.substr(0, text.size() - (epochs ? 2 : tokens ? 1 : 0));
  while (digits.ends_with(' ')) {
    digits.pop_back();
  }
  const double number = OlmoNumber(digits, options.origin() + ": max_duration");
  VFFN_CHECK(number >= 1 && number < 1e18, options.origin(), ": max_duration is ", text,
             ", should be at least 1");
  if (tokens) {
    return static_cast<int64_t>(number) / tokens_per_step;  // rounded down, as OLMo
  }
  if (!epochs) {
    return static_cast<int64_t>(number);
  }
  if (!drop_last) {
    options.Refuse("data.drop_last", "false, while max_duration is in epochs; supported is true");
    return 1;
  }
  const TokenSequences data(config.data.train, config.data.dtype, config.data.sequence_length);
  return static_cast<int64_t>(number) * (data.size() / config.global_batch);
}

void ReadCheckpoints(OlmoOptions& options, TrainingConfig& config) {
  const bool unsharded = options.Find("save_interval_unsharded") != nullptr;
  const std::string every = unsharded ? "save_interval_unsharded" : "save_interval";
  const std::string keep =
      unsharded ? "save_num_unsharded_checkpoints_to_keep" : "save_num_checkpoints_to_keep";
  config.checkpoints.every = options.Count(every, "1000");
  const double kept = options.Number(keep, "-1").value_or(-1);
  config.checkpoints.keep = kept < 0 ? std::max<int64_t>(config.steps, 1) : static_cast<int64_t>(kept);
  options.Ignore("", {"save_interval", "save_num_checkpoints_to_keep", "save_interval_ephemeral"});
}

/// Whether it is a label of OLMo's evaluator whose data are installed: of a data set or of a request file.
bool IsTask(const std::string& label) {
  const auto has = [&](const auto& names) { return std::ranges::find(names, label) != names.end(); };
  return std::ranges::any_of(BuiltInTasks(), [&](const CatalogueTask& task) {
    return task.name == label || has(task.aliases) || has(task.labels) || has(task.bpb_labels);
  });
}

void ReadEvaluators(OlmoOptions& options, TrainingConfig& config) {
  const Json* evaluators = options.Find("evaluators");
  const Json none = Json::array();
  for (const Json* evaluator :
       ToElements(evaluators == nullptr ? none : *evaluators, {options.origin(), "", "evaluators"})) {
    const Fields fields(*evaluator, options.origin(), "evaluators");
    const auto label = fields.Get<std::string>("label");
    if (IsTask(label) && fields.Get<std::string>("type", "lm") == "downstream") {
      config.evaluation.tasks.append(config.evaluation.tasks.empty() ? "" : ",").append(label);
    } else {
      options.Note("evaluators: " + label + " is not one of the tasks here and is left out");
    }
  }
  if (config.evaluation.tasks.empty()) {
    options.Ignore("", {"eval_interval"});
    return;
  }
  config.evaluation.every = options.Count("eval_interval", "1000");
  config.evaluation.data = fs::absolute(".setup/data").string();
  options.Note("evaluators: the task data is read from " + config.evaluation.data);
}

void ReadPrecision(OlmoOptions& options, TrainingConfig& config) {
  const std::string precision = options.Text("precision", "null").value_or("null");
  if (precision != "amp_bf16" && precision != "fp32") {
    options.Refuse("precision", precision + ", supported are amp_bf16 and fp32");
  }
  config.dtype = precision == "fp32" ? Dtype::kFloat32 : Dtype::kBfloat16;
  config.activation_checkpointing = options.Find("activation_checkpointing") != nullptr &&
                                    options.Text("activation_checkpointing", "null") != "false";
}

/// Keys of OLMo that other parts of its training use, and that the loop here does not need.
void ReadOtherKeys(OlmoOptions& options) {
  for (const char* key : {"fast_forward_batches", "early_stopping_factor", "stop_at", "stop_after",
                          "module_outputs_save_steps"}) {
    options.Only(key, "null", "null");
  }
  if (const Json* epoch = options.Find("epoch"); epoch != nullptr && *epoch != "0") {
    options.Refuse("epoch", epoch->dump() + ", supported is 0");
  }
  options.Only("dry_run", "false", "false");
  options.Only("softmax_auxiliary_loss", "false", "false");
  options.Ignore("", {"run_name",
                      "wandb",
                      "save_folder",
                      "remote_save_folder",
                      "canceled_check_interval",
                      "save_overwrite",
                      "force_save_unsharded",
                      "no_pre_train_checkpoint",
                      "load_path_sharded_checkpointer",
                      "sharded_checkpointer",
                      "new_style_checkpoints",
                      "restore_dataloader",
                      "device_train_batch_size",
                      "device_train_grad_accum",
                      "device_eval_batch_size",
                      "eval_subset_num_batches",
                      "eval_on_load",
                      "speed_monitor",
                      "gen1_gc_interval",
                      "compile",
                      "fsdp",
                      "ddp",
                      "single",
                      "distributed_strategy",
                      "fused_loss",
                      "time_limit",
                      "extra_steps_after_cancel",
                      "save_data_indices",
                      "python_profiling",
                      "torch_profiling",
                      "hf_datasets_cache_dir",
                      "softmax_loss_multiplier",
                      "auxiliary_loss_multiplier"});
}

}  // namespace

TrainingConfigFile ReadOlmoTrainingConfig(const fs::path& path) {
  const std::string yaml = ReadFileBytes(path);
  OlmoOptions options(yaml, path.string());
  TrainingConfig config;
  const ModelConfig model = ReadOlmoModel(yaml, options, config.loss);
  config.data.sequence_length = model.max_sequence_length;
  config.seed = static_cast<uint64_t>(options.Count("seed", "6198"));
  config.global_batch = options.Count("global_train_batch_size", "512");
  config.micro_batch = std::min(options.Count("device_train_microbatch_size", "16"), config.global_batch);
  VFFN_CHECK(config.global_batch > 0, options.origin(), ": global_train_batch_size is 0");
  config.log_every = options.Count("console_log_interval", "1");
  const int64_t tokens_per_step = config.global_batch * config.data.sequence_length;
  ReadOptimizer(options, config.optimizer);
  ReadSchedule(options, tokens_per_step, config);
  ReadData(options, config.data);
  ReadPrecision(options, config);
  ReadOtherKeys(options);
  config.steps = ReadDuration(options, config, tokens_per_step);
  ReadCheckpoints(options, config);
  ReadEvaluators(options, config);
  ReadOlmoStart(model, options, config);
  options.RefuseRest({"optimizer", "scheduler", "data", "data.instance_filter", "tokenizer"});
  Validate(config, options.origin());
  return {std::move(config), options.Notes()};
}

TrainingConfigFile ReadTrainingConfigFile(const fs::path& path) {
  const fs::path ending = path.extension();
  if (ending == ".yaml" || ending == ".yml") {
    return ReadOlmoTrainingConfig(path);
  }
  VFFN_CHECK(ending == ".json", path.string(),
             ": a training configuration is a .json file, or a .yaml or .yml file of OLMo");
  return {ReadTrainingConfig(path), {}};
}

}  // namespace vffn
