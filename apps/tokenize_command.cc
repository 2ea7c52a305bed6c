#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "base/error.h"
#include "base/json.h"
#include "base/line_file.h"
#include "runs/tokenizer_source.h"

namespace vffn {
namespace {

struct TokenizeOptions {
  std::string tokenizer, input;
  bool transformers_gguf = false;
};

void RunTokenize(const TokenizeOptions& options) {
  const auto tokenizer = OpenTokenizer(
      {}, options.tokenizer, options.transformers_gguf ? GgufPipeline::kTransformers : GgufPipeline::kOwn);
  LineFile file(options.input);
  while (const auto line = file.Next()) {
    const Json text = ParseJson(*line, file.Origin());
    VFFN_CHECK(text.is_string(), file.Origin(), ": not a JSON string");
    std::cout << Json(tokenizer->Encode(text.get_ref<const std::string&>())).dump() << '\n';
  }
}

}  // namespace

void AddTokenizeCommand(CLI::App& app) {
  auto options = std::make_shared<TokenizeOptions>();
  CLI::App* command =
      app.add_subcommand("tokenize", "Print token ids: JSON strings, one a line, to lists of ids");
  command->add_option("--tokenizer", options->tokenizer, "tokenizer.json or GGUF file")->required();
  command->add_option("input", options->input, "File of JSON strings, plain or gzip")->required();
  command->add_flag(
      "--transformers-gguf", options->transformers_gguf,
      "Split words as transformers does when it reads a GGUF file (to repeat a run made with it)");
  command->callback([options] { RunTokenize(*options); });
}

}  // namespace vffn
