#include "text/tokenizer_class.h"

#include <algorithm>
#include <map>
#include <set>

namespace vffn {
namespace {

constexpr std::string_view kEndOfText = "<|endoftext|>";

constexpr TokenizerClass kTokenizerClasses[] = {
    {.name = "GPT2Tokenizer", .bos = kEndOfText, .eos = kEndOfText, .unknown = kEndOfText, .pad = ""},
    {.name = "CodeGenTokenizer", .bos = kEndOfText, .eos = kEndOfText, .unknown = kEndOfText, .pad = ""},
    {.name = "GPTNeoXTokenizer",
     .bos = kEndOfText,
     .eos = kEndOfText,
     .unknown = kEndOfText,
     .pad = "<|padding|>",
     .drops_post_processor = true},
    {.name = "LlamaTokenizer", .bos = "<s>", .eos = "</s>", .unknown = "<unk>", .pad = ""},
    {.name = "CodeLlamaTokenizer", .bos = "<s>", .eos = "</s>", .unknown = "<unk>", .pad = ""},
    {.name = "GemmaTokenizer", .bos = "<bos>", .eos = "<eos>", .unknown = "<unk>", .pad = "<pad>"},
    {.name = "Qwen2Tokenizer", .bos = "", .eos = kEndOfText, .unknown = kEndOfText, .pad = kEndOfText},
    {.name = "CohereTokenizer",
     .bos = "<BOS_TOKEN>",
     .eos = "<|END_OF_TURN_TOKEN|>",
     .unknown = "<UNK>",
     .pad = "<PAD>"},
};

/// Of the model types that have a class registered; "" is the class without defaults (TokenizersBackend).
const std::map<std::string, std::string_view>& RegisteredClasses() {
  static const std::map<std::string, std::string_view> classes = {
      {"gpt2", "GPT2Tokenizer"},
      {"gpt_neo", "GPT2Tokenizer"},
      {"gptj", "GPT2Tokenizer"},
      {"opt", "GPT2Tokenizer"},
      {"phi", "GPT2Tokenizer"},
      {"starcoder2", "GPT2Tokenizer"},
      {"gpt_neox", "GPTNeoXTokenizer"},
      {"olmo", "GPTNeoXTokenizer"},
      {"olmoe", "GPTNeoXTokenizer"},
      {"mpt", "GPTNeoXTokenizer"},
      {"gemma", "GemmaTokenizer"},
      {"gemma2", "GemmaTokenizer"},
      {"gemma3", "GemmaTokenizer"},
      {"gemma3_text", "GemmaTokenizer"},
      {"qwen2", "Qwen2Tokenizer"},
      {"qwen2_moe", "Qwen2Tokenizer"},
      {"qwen3", "Qwen2Tokenizer"},
      {"qwen3_moe", "Qwen2Tokenizer"},
      {"cohere", "CohereTokenizer"},
      {"cohere2", "CohereTokenizer"},
      {"code_llama", "CodeLlamaTokenizer"},
      {"mistral", ""},
      {"mixtral", ""},
      {"ministral", ""},
      {"ministral3", ""},
      {"olmo2", ""},
      {"olmo3", ""},
      {"granite", ""},
      {"granitemoe", ""},
      {"phi3", ""},
      {"phimoe", ""},
      {"stablelm", ""},
      {"nemotron", ""},
  };
  return classes;
}

/// Model types whose published tokenizer_class is known to be wrong: the registered one is taken.
bool PublishesWrongClass(const std::string& model_type) {
  static const std::set<std::string> types = {"qwen2", "phi3", "phimoe", "nemotron"};
  return types.contains(model_type);
}

const TokenizerClass* ByName(std::string_view name) {
  const auto* const found = std::ranges::find(kTokenizerClasses, name, &TokenizerClass::name);
  return found == std::end(kTokenizerClasses) ? nullptr : found;
}

}  // namespace

const TokenizerClass* FindTokenizerClass(std::string tokenizer_class, const std::string& model_type) {
  constexpr std::string_view kFast = "Fast";
  if (tokenizer_class.ends_with(kFast)) {
    tokenizer_class.resize(tokenizer_class.size() - kFast.size());
  }
  const auto registered = RegisteredClasses().find(model_type);
  if (registered == RegisteredClasses().end()) {
    return ByName(tokenizer_class);
  }
  if (tokenizer_class.empty() || registered->second.empty() || PublishesWrongClass(model_type)) {
    return ByName(registered->second);
  }
  return ByName(tokenizer_class);
}

}  // namespace vffn
