#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "runs/tokenizer_source.h"
#include "text/token_file.h"

namespace vffn {
namespace {

struct TokenizeOptions {
  std::string tokenizer, input;
  bool transformers_gguf = false;
};

void RunTokenize(const TokenizeOptions& options) {
  const auto tokenizer =
      OpenTokenizer({}, options.tokenizer,
                    options.transformers_gguf ? GgufPipeline::kTransformers : GgufPipeline::kOwn)
          .tokenizer;
  ReadJsonStrings(options.input, [&](const std::string& text) {
    const char* separator = "[";
    std::string ids;
    for (const TokenId id : tokenizer->Encode(text)) {
      ids.append(separator).append(std::to_string(id));
      separator = ",";
    }
    std::cout << (ids.empty() ? "[" : ids) << "]\n";
  });
}

}  // namespace

void AddTokenizeCommand(Command& program) {
  auto options = std::make_shared<TokenizeOptions>();
  Command& command =
      program.AddCommand("tokenize", "Print the token ids of texts, one list of ids for each text.");
  command
      .Add("--tokenizer PATH", &options->tokenizer,
           "tokenizer.json, tokenizer.model, vocab.json, folder with one of them, or GGUF file.")
      .Required();
  command
      .Add("input", &options->input,
           "File with one JSON string on each line, plain or gzip. Each string is one text.")
      .Required();
  command.Add(
      "--transformers-gguf", &options->transformers_gguf,
      "Split words as the transformers library does when it reads a GGUF file, to reproduce a run made "
      "with that library.");
  command.AddExample("vffn tokenize --tokenizer model.gguf texts.jsonl");
  command.AddExample("vffn tokenize --tokenizer tokenizer.json texts.jsonl.gz");
  command.OnRun([options] { RunTokenize(*options); });
}

}  // namespace vffn
