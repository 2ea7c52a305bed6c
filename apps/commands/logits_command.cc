#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/harness_options.h"
#include "apps/options/shared_options.h"
#include "model/logits.h"
#include "model/weights/safetensors_writer.h"
#include "runs/compute_flags.h"
#include "text/token_file.h"

namespace vffn {
namespace {

struct LogitsFlags {
  std::string model, tokens, output;
  ComputeFlags compute;
  int64_t batch_size = 8;
  bool trace = false, trace_branches = false;
};

std::optional<TraceDetail> DetailOf(const LogitsFlags& flags) {
  if (flags.trace_branches) {
    return TraceDetail::kBranches;
  }
  return flags.trace ? std::optional(TraceDetail::kDecisions) : std::nullopt;
}

void RunLogits(const LogitsFlags& flags) {
  const auto checkpoint = OpenCheckpoint(flags.model, flags.compute.model_args);
  const TokenSequences tokens = ReadTokenSequences(flags.tokens);
  const LogitsTable table = ComputeLogits(
      *checkpoint, tokens.sequences, tokens.padding,
      {.compute = flags.compute.Parse(), .batch_size = flags.batch_size, .trace = DetailOf(flags)});
  std::vector<TensorView> tensors = {
      TensorOf("input_ids", {table.batch, table.length}, table.input_ids),
      TensorOf("lengths", {table.batch}, table.lengths),
      TensorOf("logits", {table.batch, table.length, table.vocabulary}, table.logits)};
  for (const auto& [name, traced] : table.trace) {
    std::visit([&](const auto& values) { tensors.push_back(TensorOf(name, traced.shape, values)); },
               traced.values);
  }
  WriteSafetensors(flags.output, std::move(tensors));
}

}  // namespace

void AddLogitsCommand(Command& program) {
  auto flags = std::make_shared<LogitsFlags>();
  Command& command =
      program.AddCommand("logits", "Write a model's logits for given token ids to a safetensors file.");
  command.Add("--model PATH", &flags->model, "GGUF file or checkpoint folder.").Required();
  command
      .Add("--tokens FILE", &flags->tokens,
           "JSON file: {\"sequences\": [[id, ...], ...], \"pad_token_id\": id}. The padding id is optional.")
      .Required();
  command
      .Add("--output FILE", &flags->output,
           "Safetensors file to write: input_ids [B, T], lengths [B] and logits [B, T, V].")
      .Required();
  command
      .Add("--batch_size N", &flags->batch_size,
           "Sequences per forward pass. The logits do not depend on it.")
      .Positive();
  command.Add(
      "--trace", &flags->trace,
      "Also write, for every layer i, layer.{i}.loop_count, lambda_width, width_active, expert_indices, "
      "expert_weights, and the logits of the loop head and the router.");
  command.Add(
      "--trace_branches", &flags->trace_branches,
      "Also write, in addition to --trace, layer.{i}.depth_out, width_out and width_out_all (of every "
      "token), post_attn and block_out.");
  AddComputeOptions(flags->compute, command);
  AddModelHints(command);
  command.AddExample("vffn logits --model model.gguf --tokens ids.json --output out.safetensors");
  command.AddExample("vffn logits --model versatile --tokens ids.json --output out.st --trace");
  command.OnRun([flags] { RunLogits(*flags); });
}

}  // namespace vffn
