#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "apps/commands.h"
#include "apps/interrupt.h"
#include "base/atomic_folder.h"
#include "base/error.h"
#include "model/weights/checkpoint_writer.h"
#include "model/weights/upcycled_checkpoint.h"
#include "runs/provenance.h"

namespace vffn {
namespace {

struct ConvertOptions {
  std::string model, output, format, model_args, upcycle;
  int64_t n_experts = 8, top_k = 2, max_loops = 4;
  uint64_t seed = 0;
};

/// The FFN asked for; an option that its kind has no use for is an Error, not ignored.
FfnConfig UpcycledFfn(const ConvertOptions& options, const CLI::App& command) {
  FfnConfig ffn;
  Parse(options.upcycle, "--upcycle", ffn.kind);
  const bool has_experts = ffn.kind == FfnKind::kVersatile || ffn.kind == FfnKind::kMoe;
  const bool has_loops = ffn.kind == FfnKind::kVersatile || ffn.kind == FfnKind::kKLoop;
  for (const auto& [name, used] : {std::pair("--n_experts", has_experts), std::pair("--top_k", has_experts),
                                   std::pair("--max_loops", has_loops)}) {
    VFFN_CHECK(used || command.count(name) == 0, name, ": --upcycle ", options.upcycle,
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

/// What goes along with the weights.
std::vector<std::filesystem::path> Companions(const std::filesystem::path& model) {
  std::vector<std::filesystem::path> files;
  for (const char* name : {"tokenizer.json", "tokenizer_config.json", kProvenanceFile}) {
    if (std::filesystem::is_regular_file(model / name)) {
      files.push_back(model / name);
    }
  }
  return files;
}

/// What was written, in a line, and what is to be done about its tokenizer.
void Report(const ConvertOptions& options, const ModelConfig& config, bool has_tokenizer) {
  char millions[40];
  std::snprintf(millions, sizeof millions, "%.2f", static_cast<double>(ParameterCount(config)) / 1e6);
  std::cout << options.output << ": " << NameOf(config.ffn.kind) << " model of " << millions
            << " M parameters, format " << options.format << ", float32\n";
  if (!has_tokenizer) {
    std::cout << "It has no tokenizer.json: give --tokenizer "
              << (std::filesystem::is_directory(options.model) ? "FILE" : options.model)
              << " with it to score tasks\n";
  }
}

/// False if it was interrupted.
bool RunConvert(const ConvertOptions& options, const CLI::App& command) {
  const CheckpointFormat format = ParseCheckpointFormat(options.format, "--format");
  std::unique_ptr<Checkpoint> source = OpenCheckpoint(options.model, options.model_args);
  if (!options.upcycle.empty()) {
    source = Upcycle(std::move(source), UpcycledFfn(options, command), options.seed);
  }
  std::vector<std::filesystem::path> companions = Companions(options.model);
  const bool has_tokenizer = !companions.empty() && companions.front().filename() == "tokenizer.json";
  std::optional<AtomicFolder> notes;  // never finished: only what is copied from it stays
  if (!options.upcycle.empty()) {
    std::filesystem::path beside = std::filesystem::absolute(options.output).lexically_normal();
    beside = beside.has_filename() ? beside : beside.parent_path();
    notes.emplace(beside += ".provenance");
    companions.push_back(notes->temporary() / kProvenanceFile);
    WriteProvenance(companions.back(), {.from = options.model, .ffn = options.upcycle, .seed = options.seed});
  }
  Progress progress;
  if (!WriteCheckpoint(*source, format, options.output,
                       {.companions = companions, .progress = &progress, .stop = StopOnInterrupt()})) {
    std::cerr << "vffn: interrupted; nothing was written\n";
    return false;
  }
  Report(options, source->config(), has_tokenizer);
  return true;
}

}  // namespace

void AddConvertCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = app.add_subcommand(
      "convert", "Write a checkpoint in another format, or a dense one with another FFN (upcycling)");
  command->add_option("--model", options->model, "GGUF file or checkpoint folder")->required();
  command->add_option("--output", options->output, "Folder to make")->required();
  command
      ->add_option("--format", options->format,
                   "vffn (any model), olmo (dense, VersatileFFN) or huggingface (dense)")
      ->required();
  command->add_option(
      "--model_args", options->model_args,
      "Options of the model that is read: name=value,... (top_k=2 for the authors' checkpoints)");
  CLI::Option* upcycle = command->add_option("--upcycle", options->upcycle,
                                             "The FFN to make of a dense model's: versatile, moe or k_loop");
  const auto add = [&](const char* name, auto& value, const char* text) {
    command->add_option(name, value, text)->needs(upcycle)->capture_default_str();
  };
  add("--n_experts", options->n_experts, "Experts (versatile, moe)");
  add("--top_k", options->top_k, "Experts a token is routed to (versatile, moe)");
  add("--max_loops", options->max_loops, "Most loops (versatile), or how many (k_loop)");
  add("--seed", options->seed, "Of the fresh weights");
  command->callback([options, command, &exit_code] {
    if (!RunConvert(*options, *command)) {
      exit_code = 130;
    }
  });
}

}  // namespace vffn
