#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/commands/commands.h"
#include "apps/interrupt.h"
#include "apps/version.h"
#include "train/config/olmo_config.h"
#include "train/run/trainer.h"

namespace vffn {
namespace {

struct TrainFlags {
  std::string config, output;
  std::string device;  ///< empty: the configuration's
  std::optional<int64_t> threads, micro_batch;
  bool resume = false, allow_different_machine = false;
};

TrainingConfigFile ReadConfig(const TrainFlags& flags) {
  TrainingConfigFile file = ReadTrainingConfigFile(std::filesystem::absolute(flags.config));
  TrainingConfig& config = file.config;
  if (!flags.device.empty()) {
    config.device = flags.device;
  }
  config.threads = flags.threads.value_or(config.threads);
  config.micro_batch = flags.micro_batch.value_or(config.micro_batch);
  return file;
}

void PrintOutcome(const TrainOutcome& outcome) {
  std::printf("trained %lld steps, %lld tokens; loss of the last steps %.4f\n",
              static_cast<long long>(outcome.steps), static_cast<long long>(outcome.tokens), outcome.loss);
  if (outcome.held_out_loss) {
    std::printf("held-out loss %.4f nats a token", *outcome.held_out_loss);
    if (outcome.bits_per_byte) {
      std::printf(", %.4f bits a byte", *outcome.bits_per_byte);
    }
    std::printf("\n");
  }
  std::printf("model: %s\n", outcome.model.c_str());
}

void RunTrain(const TrainFlags& flags) {
  TrainOptions options;
  TrainingConfigFile file = ReadConfig(flags);
  options.config = std::move(file.config);
  options.output = flags.output;
  options.resume = flags.resume;
  options.allow_different_machine = flags.allow_different_machine;
  options.program = {ProgramVersion(), GitHash()};
  options.announce = [notes = std::move(file.notes)](const std::string& line) mutable {
    for (const std::string& note : std::exchange(notes, {})) {
      std::cout << "configuration: " << note << std::endl;
    }
    std::cout << line << std::endl;
  };
  options.stop = StopOnInterrupt();
  Progress progress;
  options.progress = &progress;
  if (const std::optional<TrainOutcome> outcome = Train(options)) {
    PrintOutcome(*outcome);
  }
}

void AddMachineOptions(TrainFlags& flags, Command& command) {
  command.BeginGroup("Machine (instead of the fields of the configuration)");
  command.Add("--device DEVICE", &flags.device, "auto, cpu, cuda or cuda:N.").Default("the configuration's");
  command.Add("--threads N", &flags.threads, "CPU threads of each process.")
      .Positive()
      .Default("the configuration's");
  command
      .Add("--micro_batch N", &flags.micro_batch,
           "Sequences of one forward and backward pass. Fewer need less memory; the batch of a step stays "
           "the same.")
      .Positive()
      .Default("the configuration's");
}

}  // namespace

void AddTrainCommand(Command& program) {
  auto flags = std::make_shared<TrainFlags>();
  Command& command = program.AddCommand(
      "train",
      "Train a dense, MoE, k-Loop or VersatileFFN model: a new one, or one that continues or upcycles a "
      "checkpoint.");
  command
      .Add("config", &flags->config,
           "Configuration: a JSON file (docs/training.md has its fields), or OLMo's YAML file.")
      .Required();
  command
      .Add("--output,--output_path DIR", &flags->output,
           "Folder of the run: checkpoints, logs and the trained model.")
      .Required();
  command.Add("--resume", &flags->resume,
              "Continue the run in --output from its newest checkpoint, if there is one.");
  command.Add("--allow_different_machine", &flags->allow_different_machine,
              "With --resume: continue although processor, threads, processes or micro-batches are not those "
              "of the checkpoint. The weights may then differ in their last bits from those of an "
              "uninterrupted run.");
  AddMachineOptions(*flags, command);
  command.AddExample("vffn train base.json --output runs/base");
  command.AddExample("vffn train model_config.yaml --output runs/versatile --resume");
  command.OnRun([flags] { RunTrain(*flags); });
}

}  // namespace vffn
