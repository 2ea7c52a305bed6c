#include <cstdio>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/interrupt.h"
#include "apps/version.h"
#include "base/atomic_file.h"
#include "base/atomic_folder.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "base/interrupted.h"
#include "base/json.h"
#include "model/config_file.h"
#include "model/weights/checkpoint_writer.h"
#include "runs/folders/output_check.h"
#include "runs/provenance.h"
#include "runs/tokenizer_source.h"
#include "text/small_tokenizer.h"
#include "train/run/start_weights.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

struct InitOptions {
  std::string config, output, tokenizer, dtype = "float32";
  uint64_t seed = 0;
};

/// A tokenizer.json or tokenizer.model that was named, or the one in a folder.
fs::path TokenizerFile(const std::string& given) {
  const fs::path path = given;
  for (const char* name : {"tokenizer.json", "tokenizer.model"}) {
    if (fs::is_directory(path) && fs::is_regular_file(path / name)) {
      return path / name;
    }
  }
  VFFN_CHECK(fs::is_regular_file(path) && (path.extension() == ".json" || path.extension() == ".model"),
             given, ": --tokenizer takes a tokenizer.json, a tokenizer.model, or a folder with one of them");
  return path;
}

/// Copies a tokenizer, with the files that name its special tokens. Returns its number of tokens.
int64_t CopyTokenizer(const std::string& given, const ModelConfig& config, const fs::path& folder) {
  const fs::path file = TokenizerFile(given);
  const int64_t size = OpenTokenizer({}, file, GgufPipeline::kOwn).tokenizer->vocab_size();
  VFFN_CHECK(size <= config.vocab_size, file.string(), ": has ", size,
             " tokens, and the model's vocab_size is ", config.vocab_size,
             "; give a smaller tokenizer, or none: then a small one is made");
  WriteFileAtomically(folder / ("tokenizer" + file.extension().string()), ReadFileBytes(file));
  for (const fs::path& side : TokenizerSideFiles(fs::absolute(file).parent_path())) {
    WriteFileAtomically(folder / side.filename(), ReadFileBytes(side));
  }
  return size;
}

int64_t WriteSmallTokenizer(const InitOptions& options, const ModelConfig& config, const fs::path& folder) {
  try {
    const SmallTokenizer small = MakeSmallTokenizer(config.vocab_size);
    WriteFileAtomically(folder / "tokenizer.json", small.tokenizer_json);
    WriteFileAtomically(folder / "tokenizer_config.json", small.tokenizer_config_json);
    return small.size;
  } catch (const Error& error) {
    Fail(options.config, ": ", error.what(), "; give one that fits with --tokenizer");
  }
}

ModelConfig ReadConfig(const fs::path& given) {
  const fs::path path = fs::is_directory(given) ? given / "model.json" : given;
  VFFN_CHECK(!ReadJsonFile(path).contains("checkpoints"), path.string(),
             ": this is a manifest of 'vffn reproduce'; give a model's configuration, such as "
             "configs/tiny-versatile.json");
  return ReadModelConfig(path);
}

void RunInit(const InitOptions& options) {
  const ModelConfig config = ReadConfig(options.config);
  const Dtype type = ParseDtype(options.dtype);
  fs::path beside = fs::absolute(options.output).lexically_normal();
  beside = beside.has_filename() ? beside : beside.parent_path();
  CheckWritable(beside.parent_path(), ParameterCount(config) * (type == Dtype::kBfloat16 ? 2 : 4));
  const auto weights = OpenStartWeights({.model = config}, options.seed);
  // Never finished: what is in it is copied with the weights.
  const AtomicFolder companions(beside += ".companions");
  const fs::path& folder = companions.temporary();
  const int64_t tokens = options.tokenizer.empty() ? WriteSmallTokenizer(options, config, folder)
                                                   : CopyTokenizer(options.tokenizer, config, folder);
  WriteProvenance(
      folder / kProvenanceFile,
      Initial{.config = options.config, .seed = options.seed, .program = {ProgramVersion(), GitHash()}});
  WriteOptions write{.type = type, .stop = StopOnInterrupt()};
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    write.companions.push_back(entry.path());
  }
  Progress progress;
  write.progress = &progress;
  if (!WriteCheckpoint(*weights, CheckpointFormat::kVffn, options.output, write)) {
    throw Interrupted("interrupted; nothing was written");
  }
  std::printf(
      "%s: %s model of %.2f M parameters, %s, random weights of seed %llu: UNTRAINED\n"
      "tokenizer: %lld tokens\n",
      options.output.c_str(), std::string(NameOf(config.ffn.kind)).c_str(),
      static_cast<double>(ParameterCount(config)) / 1e6, options.dtype.c_str(),
      static_cast<unsigned long long>(options.seed), static_cast<long long>(tokens));
}

}  // namespace

void AddInitCommand(Command& program) {
  auto options = std::make_shared<InitOptions>();
  Command& command = program.AddCommand("init",
                                        "Write a checkpoint of a model configuration with random weights and "
                                        "a small tokenizer, to try commands "
                                        "with it.");
  command
      .Add("config", &options->config,
           "Model configuration: a file of configs/, a model.json, or the folder of a checkpoint with one.")
      .Required();
  command.Add("--output DIR", &options->output, "Folder to create.").Required();
  command.Add("--seed N", &options->seed,
              "Random seed of the weights. They are those with which 'vffn train' begins with this seed.");
  command
      .Add("--tokenizer PATH", &options->tokenizer,
           "tokenizer.json, tokenizer.model, or folder with one of them, to be copied. It must not have more "
           "tokens than the model.")
      .Default("a byte-level BPE of up to 512 tokens, made here");
  command.Add("--dtype TYPE", &options->dtype, "Type of the written weights; bfloat16 is rounded to nearest.")
      .OneOf({"float32", "bfloat16"});
  command.AddExample("vffn init configs/tiny-versatile.json --output tiny");
  command.AddExample("vffn init configs/tiny-moe.json --seed 7 --output tiny-moe");
  command.OnRun([options] { RunInit(*options); });
}

}  // namespace vffn
