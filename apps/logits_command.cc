#include <limits>
#include <memory>

#include "apps/commands.h"
#include "apps/shared_options.h"
#include "base/error.h"
#include "base/json.h"
#include "model/logits.h"
#include "model/weights/safetensors_writer.h"

namespace vffn {
namespace {

struct LogitsFlags {
  std::string model, tokens, output;
  ComputeFlags compute;
  int64_t batch_size = 8;
  bool trace = false, trace_branches = false;
};

struct TokenFile {
  std::vector<std::vector<int32_t>> sequences;
  int32_t padding = 0;
};

/// {"sequences": [[id, ...], ...], "pad_token_id": id (optional)}; other keys are left alone.
TokenFile ReadTokenFile(const std::filesystem::path& path) {
  const Json json = ReadJsonFile(path);
  VFFN_CHECK(json.is_object() && json.contains("sequences") && json["sequences"].is_array(), path.string(),
             ": an object with \"sequences\", a list of lists of token ids, is needed");
  const auto id = [&](const Json& value, const std::string& where) {
    VFFN_CHECK(value.is_number_integer() && value >= 0 && value <= std::numeric_limits<int32_t>::max(),
               path.string(), ": ", where, " is ", value.dump(), ", not a token id");
    return value.get<int32_t>();
  };
  TokenFile file;
  if (json.contains("pad_token_id")) {
    file.padding = id(json["pad_token_id"], "pad_token_id");
  }
  for (const Json& sequence : json["sequences"]) {
    const std::string where = "sequence " + std::to_string(file.sequences.size());
    VFFN_CHECK(sequence.is_array(), path.string(), ": ", where, " is not a list");
    std::vector<int32_t>& ids = file.sequences.emplace_back();
    for (const Json& value : sequence) {
      ids.push_back(id(value, "an element of " + where));
    }
  }
  VFFN_CHECK(!file.sequences.empty(), path.string(), ": there are no sequences");
  return file;
}

std::optional<TraceDetail> DetailOf(const LogitsFlags& flags) {
  if (flags.trace_branches) {
    return TraceDetail::kBranches;
  }
  return flags.trace ? std::optional(TraceDetail::kDecisions) : std::nullopt;
}

void RunLogits(const LogitsFlags& flags) {
  const auto checkpoint = OpenCheckpoint(flags.model, flags.compute.model_args);
  const TokenFile file = ReadTokenFile(flags.tokens);
  const LogitsTable table = ComputeLogits(
      *checkpoint, file.sequences, file.padding,
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

void AddLogitsCommand(CLI::App& app) {
  auto flags = std::make_shared<LogitsFlags>();
  CLI::App* command =
      app.add_subcommand("logits", "Write a model's logits for given token ids (safetensors)");
  command->add_option("--model", flags->model, "GGUF file or checkpoint folder")->required();
  command->add_option("--tokens", flags->tokens, "JSON with \"sequences\": lists of token ids")->required();
  command->add_option("--output", flags->output, "Safetensors file: input_ids, lengths, logits [B,T,V]")
      ->required();
  command->add_option("--batch_size", flags->batch_size, "Sequences run at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--trace", flags->trace,
                    "Add layer.{i}.loop_count, lambda, width_active, expert_indices, expert_weights and the "
                    "logits they came from");
  command->add_flag(
      "--trace_branches", flags->trace_branches,
      "Add also what the branches gave (layer.{i}.depth_out, width_out, width_out_all: of every "
      "token), post_attn and block_out");
  AddComputeOptions(flags->compute, *command);
  command->callback([flags] { RunLogits(*flags); });
}

}  // namespace vffn
