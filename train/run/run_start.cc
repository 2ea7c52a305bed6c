#include "train/run/run_start.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "model/config_file.h"
#include "model/weights/vffn_checkpoint.h"
#include "text/special_tokens.h"
#include "train/run/checkpoint_folder.h"
#include "train/run/resume_check.h"
#include "train/run/start_weights.h"
#include "train/run/training_step.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// The checkpoint from which the run goes on; nothing if it begins. Throws Error if the folder holds a run
/// that nobody asked to go on with.
std::optional<fs::path> FindCheckpoint(const TrainOptions& options) {
  const std::vector<int64_t> steps = CheckpointSteps(options.output);
  if (!options.resume) {
    CheckNoRun(options.output);
    return std::nullopt;
  }
  return steps.empty() ? std::nullopt : std::optional(CheckpointPath(options.output, steps.back()));
}

/// The weights of a checkpoint of this run. Fills in run.step.
std::unique_ptr<Checkpoint> OpenResumed(const fs::path& folder, const TrainOptions& options, RunStart& run) {
  const TrainingState state = ReadTrainingState(folder);
  CheckResumable(folder, state,
                 {.config = &options.config,
                  .machine = run.machine,
                  .data_sha256 = run.data_sha256,
                  .allow_different_machine = options.allow_different_machine});
  std::unique_ptr<Checkpoint> weights = OpenVffnCheckpoint({.path = folder});
  const auto& model = options.config.start.model;
  VFFN_CHECK(!model || ModelConfigText(*model) == ModelConfigText(weights->config()),
             (folder / "model.json").string(), ": is another model than that of the configuration");
  run.step = state.step;
  return weights;
}

/// Says what to do about a checkpoint that cannot be used.
std::unique_ptr<Checkpoint> OpenCheckpointOrExplain(const fs::path& folder, const TrainOptions& options,
                                                    RunStart& run) {
  try {
    return OpenResumed(folder, options, run);
  } catch (const Error& error) {
    const std::vector<int64_t> steps = CheckpointSteps(options.output);
    std::string advice;
    if (steps.size() > 1) {
      advice = "\nThe checkpoint before it is " + CheckpointPath(options.output, steps.end()[-2]).string() +
               "; to go on from there, remove the newer one";
    }
    Fail(error.what(), advice);
  }
}

void CheckSameStep(int64_t step, const fs::path& output, const at::Device& device, ProcessGroup& group) {
  at::Tensor of_first = at::full({1}, step, at::TensorOptions(at::kLong).device(device));
  group.Broadcast(of_first);
  const auto expected = of_first.item<int64_t>();
  VFFN_CHECK(step == expected, "process ", group.rank(), " finds a checkpoint of step ", step,
             ", process 0 one of step ", expected, ": ", output.string(),
             " must be the same folder for all processes");
}

/// Bytes of the checkpoints that the run still adds to the folder.
int64_t BytesToCome(const TrainingConfig& config, const ModelConfig& model, const fs::path& output) {
  const int64_t saves = config.checkpoints.every > 0 ? config.steps / config.checkpoints.every + 1 : 1;
  const int64_t kept =
      std::min(saves, config.checkpoints.keep + 1);  // a new one comes before an old one goes
  const auto chosen = static_cast<int64_t>(config.checkpoints.keep_steps.size());
  const auto present = static_cast<int64_t>(CheckpointSteps(output).size());
  const int64_t final_model = CheckpointBytes(model) / 3;
  return std::max<int64_t>(kept + chosen - present, 1) * CheckpointBytes(model) + final_model;
}

void CheckSpace(const TrainOptions& options, const ModelConfig& model) {
  const int64_t needed = BytesToCome(options.config, model, options.output);
  std::error_code error;
  const auto available = static_cast<int64_t>(fs::space(options.output, error).available);
  VFFN_CHECK(error || available >= needed, options.output.string(), ": the checkpoints need ", needed >> 20,
             " MiB, but the disk has only ", available >> 20,
             " MiB free. Free space, or keep fewer checkpoints (checkpoints.keep, checkpoints.keep_steps)");
}

/// What rank 0 does before the first step.
void PrepareOutput(const TrainOptions& options, const ModelConfig& model, RunStart& run) {
  fs::create_directories(options.output);
  run.log = std::make_unique<MetricsLog>(options.output, run.step);  // holds the run's lock from now on
  RemoveUnfinished(options.output);
  CheckSpace(options, model);
  WriteFileAtomically(options.output / "config.json", ToJson(options.config).dump(2) + "\n");
  const fs::path copy = options.output / "tokenizer.json";
  if (run.step == 0) {
    const fs::path tokenizer = FindStartTokenizer(options.config.start);
    if (!tokenizer.empty()) {
      WriteFileAtomically(copy, ReadFileBytes(tokenizer));
      for (const fs::path& file : TokenizerSideFiles(tokenizer.parent_path())) {
        WriteFileAtomically(options.output / file.filename(), ReadFileBytes(file));
      }
    }
  }
  if (fs::exists(copy)) {
    run.tokenizer = copy;
  }
}

std::string Millions(int64_t count) {
  char text[40];
  std::snprintf(text, sizeof text, "%.2f M", static_cast<double>(count) / 1e6);
  return text;
}

void Announce(const TrainOptions& options, const RunStart& run) {
  const TrainingConfig& config = options.config;
  const ModelConfig& model = run.model->config();
  const int64_t tokens_per_step = config.global_batch * config.data.sequence_length;
  const int64_t sequences = config.steps * config.global_batch;
  char epochs[40];
  std::snprintf(epochs, sizeof epochs, "%.2f",
                static_cast<double>(sequences) / static_cast<double>(run.data->size()));
  const std::string from = config.start.from.empty() ? "random weights" : config.start.from;
  options.announce("model: " + std::string(NameOf(model.ffn.kind)) + ", " + Millions(ParameterCount(model)) +
                   " parameters, from " + from + (config.start.upcycle ? ", upcycled" : ""));
  options.announce("data: " + std::to_string(run.data->size()) + " sequences of " +
                   std::to_string(run.data->sequence_length()) + " tokens, " +
                   Millions(run.data->size() * run.data->sequence_length()) + " tokens");
  options.announce("run: " + std::to_string(config.steps) + " steps of " + std::to_string(tokens_per_step) +
                   " tokens, " + Millions(config.steps * tokens_per_step) + " tokens, " + epochs + " epochs");
  options.announce("computation: " + run.device.str() + ", " + std::to_string(run.machine.processes) +
                   (run.machine.processes == 1 ? " process, " : " processes, ") +
                   std::to_string(run.machine.threads) + " threads, " + ToString(config.dtype) +
                   ", micro-batches of " + std::to_string(run.machine.micro_batch) + " sequences");
  if (run.step > 0) {
    options.announce("resumed after step " + std::to_string(run.step));
  }
}

}  // namespace

void CheckNoRun(const fs::path& output) {
  const bool begun = fs::exists(output / "config.json") && !HasEmptyLogs(output);
  VFFN_CHECK(CheckpointSteps(output).empty() && !begun, output.string(),
             ": holds a run already. Go on with it with --resume, or choose another folder");
}

RunStart StartRun(const TrainOptions& options, const at::Device& device, ProcessGroup& group) {
  const TrainingConfig& config = options.config;
  RunStart run;
  run.device = device;
  run.machine = DescribeMachine(device);
  run.machine.processes = group.world_size();
  run.machine.micro_batch = ChooseMicroBatch(config, device, group.world_size());
  run.machine.activation_checkpointing = config.activation_checkpointing;
  const std::optional<fs::path> checkpoint = FindCheckpoint(options);
  run.data =
      std::make_unique<TokenSequences>(config.data.train, config.data.dtype, config.data.sequence_length);
  run.data_sha256 = run.data->Fingerprint();
  const std::unique_ptr<Checkpoint> weights = checkpoint ? OpenCheckpointOrExplain(*checkpoint, options, run)
                                                         : OpenStartWeights(config.start, config.seed);
  const ModelConfig& model = weights->config();
  VFFN_CHECK(config.data.sequence_length <= model.max_sequence_length, "data.sequence_length is ",
             config.data.sequence_length, ", but the model takes at most ", model.max_sequence_length,
             " tokens");
  CheckSameStep(run.step, options.output, device, group);
  if (group.rank() == 0) {
    PrepareOutput(options, model, run);
  }
  run.model = std::make_unique<TrainingModel>(
      *weights, TrainingOptions{.device = device,
                                .type = config.dtype == Dtype::kFloat32 ? at::kFloat : at::kBFloat16,
                                .activation_checkpointing = config.activation_checkpointing});
  if (checkpoint) {
    ReadMoments(*checkpoint, run.model->parameters());
  }
  if (group.rank() == 0) {
    Announce(options, run);
  }
  return run;
}

}  // namespace vffn
