#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "apps/commands/commands.h"
#include "apps/interrupt.h"
#include "base/atomic_folder.h"
#include "base/error.h"
#include "base/interrupted.h"
#include "model/weights/checkpoint_writer.h"
#include "model/weights/upcycled_checkpoint.h"
#include "runs/provenance.h"
#include "text/special_tokens.h"

namespace vffn {
namespace {

struct ConvertOptions {
  std::string model, output, format, model_args, upcycle, dtype = "float32";
  int64_t n_experts = 8, top_k = 2, max_loops = 4;
  uint64_t seed = 0;
  Option *n_experts_option = nullptr, *top_k_option = nullptr, *max_loops_option = nullptr;
};

/// The FFN of --upcycle. Throws Error if an option is given that its kind does not have.
FfnConfig UpcycledFfn(const ConvertOptions& options) {
  FfnConfig ffn;
  Parse(options.upcycle, "--upcycle", ffn.kind);
  const bool has_experts = HasExperts(ffn.kind);
  const bool has_loops = ffn.kind == FfnKind::kVersatile || ffn.kind == FfnKind::kKLoop;
  for (const auto& [option, used] :
       {std::pair(options.n_experts_option, has_experts), std::pair(options.top_k_option, has_experts),
        std::pair(options.max_loops_option, has_loops)}) {
    VFFN_CHECK(used || !option->given(), option->name(), ": --upcycle ", options.upcycle,
               " has no such option");
  }
  if (has_experts) {
    ffn.n_experts = options.n_experts;
    ffn.top_k = options.top_k;
  }
  if (has_loops) {
    ffn.max_loops = options.max_loops;
  }
  return ffn;
}

/// The files of a checkpoint folder that are copied with the weights.
std::vector<std::filesystem::path> Companions(const std::filesystem::path& model) {
  std::vector<std::filesystem::path> files;
  for (const char* name : {"tokenizer.json", kProvenanceFile}) {
    if (std::filesystem::is_regular_file(model / name)) {
      files.push_back(model / name);
    }
  }
  const std::vector<std::filesystem::path> side = TokenizerSideFiles(model);
  files.insert(files.end(), side.begin(), side.end());
  return files;
}

/// Prints what was written and, if it has no tokenizer, how to score it.
void Report(const ConvertOptions& options, const ModelConfig& config, bool has_tokenizer) {
  char millions[40];
  std::snprintf(millions, sizeof millions, "%.2f", static_cast<double>(ParameterCount(config)) / 1e6);
  std::cout << options.output << ": " << NameOf(config.ffn.kind) << " model of " << millions
            << " M parameters, format " << options.format << ", " << options.dtype << "\n";
  if (!has_tokenizer) {
    std::cout << "It has no tokenizer.json: give --tokenizer "
              << (std::filesystem::is_directory(options.model) ? "FILE" : options.model)
              << " with it to score tasks\n";
  }
}

void RunConvert(const ConvertOptions& options) {
  const CheckpointFormat format = ParseCheckpointFormat(options.format, "--to");
  std::unique_ptr<Checkpoint> source = OpenCheckpoint(options.model, options.model_args);
  if (!options.upcycle.empty()) {
    source = Upcycle(std::move(source), UpcycledFfn(options), options.seed);
  }
  std::vector<std::filesystem::path> companions = Companions(options.model);
  const bool has_tokenizer = !companions.empty() && companions.front().filename() == "tokenizer.json";
  std::optional<AtomicFolder> notes;  // never finished, so that only the copy of its file remains
  if (!options.upcycle.empty()) {
    std::filesystem::path beside = std::filesystem::absolute(options.output).lexically_normal();
    beside = beside.has_filename() ? beside : beside.parent_path();
    notes.emplace(beside += ".provenance");
    companions.push_back(notes->temporary() / kProvenanceFile);
    WriteProvenance(companions.back(), {.from = options.model, .ffn = options.upcycle, .seed = options.seed});
  }
  Progress progress;
  if (!WriteCheckpoint(*source, format, options.output,
                       {.type = ParseDtype(options.dtype),
                        .companions = companions,
                        .progress = &progress,
                        .stop = StopOnInterrupt()})) {
    throw Interrupted("interrupted; nothing was written");
  }
  Report(options, source->config(), has_tokenizer);
}

void AddUpcyclingOptions(ConvertOptions& options, Command& command) {
  command.BeginGroup("Upcycling");
  Option& upcycle = command
                        .Add("--upcycle KIND", &options.upcycle,
                             "Replace the FFN of a dense model: versatile, moe or k_loop. Weights that the "
                             "dense model has are kept, new ones are initialised at random; the result is "
                             "untrained.")
                        .Default("no upcycling");
  options.n_experts_option =
      &command.Add("--n_experts N", &options.n_experts, "Number of experts (versatile, moe).");
  options.top_k_option =
      &command.Add("--top_k K", &options.top_k, "Experts to which each token is routed (versatile, moe).");
  options.max_loops_option = &command.Add("--max_loops N", &options.max_loops,
                                          "Largest loop count (versatile), or number of loops (k_loop).");
  Option& seed = command.Add("--seed N", &options.seed, "Random seed of the new weights.");
  for (Option* option : {options.n_experts_option, options.top_k_option, options.max_loops_option, &seed}) {
    option->Needs(upcycle);
  }
}

}  // namespace

void AddConvertCommand(Command& program) {
  auto options = std::make_shared<ConvertOptions>();
  Command& command = program.AddCommand(
      "convert",
      "Convert a checkpoint to another format, or upcycle a dense model to a VersatileFFN, MoE or "
      "k-Loop model.");
  command.Add("--model PATH", &options->model, "GGUF file or checkpoint folder to read.").Required();
  command.Add("--output,--output_path DIR", &options->output, "Folder to create.").Required();
  command
      .Add("--to,--format NAME", &options->format,
           "Format to write: vffn (every kind of model), olmo (dense and VersatileFFN) or huggingface "
           "(dense).")
      .Required();
  command.Add("--dtype TYPE", &options->dtype, "Type of the written weights; bfloat16 is rounded to nearest.")
      .OneOf({"float32", "bfloat16"});
  command
      .Add("--model_args NAME=VALUE,...", &options->model_args,
           "Change the options of the model that is read; the authors' checkpoints need top_k=2.")
      .SeparatedByCommas()
      .Default("as the checkpoint says");
  AddUpcyclingOptions(*options, command);
  command.AddExample("vffn convert --model model.gguf --output out --to huggingface");
  command.AddExample("vffn convert --model model.gguf --output out --to vffn --upcycle moe");
  command.OnRun([options] { RunConvert(*options); });
}

}  // namespace vffn
