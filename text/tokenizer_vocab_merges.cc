// Tokenizers from GPT-2's pair of files, vocab.json and merges.txt.
#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "text/added_token_files.h"
#include "text/gguf_pre_tokenizer.h"
#include "text/tokenizer_class.h"
#include "text/tokenizer_json.h"

namespace vffn {
namespace {

// The tokenizer classes of transformers 5.24 that read the two files, and the names of tokenizer.ggml.pre
// with the same steps.
constexpr std::pair<std::string_view, std::string_view> kClassSteps[] = {
    {"GPT2Tokenizer", "gpt-2"},  {"CodeGenTokenizer", "gpt-2"},    {"GPTNeoXTokenizer", "olmo"},
    {"Qwen2Tokenizer", "qwen2"}, {"CohereTokenizer", "command-r"},
};

// Without a class in the files beside it, a pair of files is GPT-2's.
const TokenizerClass& ClassOf(const TokenizerSettings& settings) {
  const TokenizerClass* found = FindTokenizerClass(settings.tokenizer_class, settings.model_type);
  return found != nullptr ? *found : *FindTokenizerClass("GPT2Tokenizer", "");
}

const GgufPreTokenizer& StepsOf(const TokenizerSettings& settings, const std::filesystem::path& folder) {
  const std::string_view name = ClassOf(settings).name;
  const bool other = !settings.tokenizer_class.empty() && settings.tokenizer_class != name;
  std::string known;
  for (const auto& [class_name, steps] : kClassSteps) {
    if (class_name == name && !other) {
      return *FindGgufPreTokenizer(steps);
    }
    known += std::string(known.empty() ? "" : ", ") + std::string(class_name);
  }
  Fail(folder.string(), ": the tokenizer class ", other ? settings.tokenizer_class : name,
       " with vocab.json and merges.txt is not supported (", known,
       "); give the model's tokenizer.json instead");
}

DefaultTokens DefaultsOf(const TokenizerClass& of_class) {
  DefaultTokens defaults;
  for (const auto& [name, text] :
       {std::pair("bos_token", of_class.bos), std::pair("eos_token", of_class.eos),
        std::pair("unk_token", of_class.unknown), std::pair("pad_token", of_class.pad)}) {
    if (!text.empty()) {
      defaults.emplace(name, text);
    }
  }
  return defaults;
}

std::vector<std::pair<std::string, std::string>> ReadMergesFile(const std::filesystem::path& path) {
  std::vector<std::pair<std::string, std::string>> merges;
  std::istringstream lines(ReadFileBytes(path));
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) {
      line.pop_back();
    }
    if (line.empty() || line.starts_with("#version")) {
      continue;
    }
    const auto merge = SplitMerge(line);
    VFFN_CHECK(merge, path.string(), ": line ", number, " is \"", line, "\"", kNotAMerge);
    merges.emplace_back(merge->first, merge->second);
  }
  return merges;
}

void ReadVocabFile(const std::filesystem::path& path, TokenizerFile& file) {
  const Json json = ReadJsonFile(path);
  VFFN_CHECK(json.is_object(), path.string(), ": is not an object of tokens and their ids");
  for (const auto& [token, id] : json.items()) {
    VFFN_CHECK(id.is_number_unsigned() && id.get<uint64_t>() <= INT32_MAX, path.string(), ": the id of \"",
               token, "\" is ", id.dump(), ", not a whole number from 0");
    file.vocabulary.emplace_back(token, id.get<int64_t>());
  }
}

Json WithPrefixSpace(Json pre_tokenizer) {
  Json& steps =
      pre_tokenizer.contains("pretokenizers") ? pre_tokenizer["pretokenizers"].back() : pre_tokenizer;
  steps["add_prefix_space"] = true;
  return pre_tokenizer;
}

Json AddedTokensJson(const std::filesystem::path& folder, const TokenizerFile& file,
                     const DefaultTokens& defaults) {
  std::unordered_map<std::string_view, TokenId> ids;
  TokenId size = 0;
  for (const auto& [token, id] : file.vocabulary) {
    ids.emplace(token, static_cast<TokenId>(id));
    size = std::max(size, static_cast<TokenId>(id) + 1);
  }
  const auto find = [&](std::string_view token) {
    const auto found = ids.find(token);
    return found == ids.end() ? Vocabulary::kNone : found->second;
  };
  Json list = Json::array();
  for (const AddedToken& token : ReadAddedTokens(folder, size, find, defaults)) {
    list.push_back({{"id", token.id},
                    {"content", token.content},
                    {"lstrip", token.lstrip},
                    {"rstrip", token.rstrip},
                    {"normalized", token.normalized},
                    {"special", token.special}});
  }
  return list;
}

}  // namespace

std::unique_ptr<const Tokenizer> LoadVocabAndMerges(const std::filesystem::path& vocab) {
  const std::filesystem::path folder = vocab.parent_path();
  const std::filesystem::path merges = folder / "merges.txt";
  VFFN_CHECK(std::filesystem::is_regular_file(merges), vocab.string(), ": merges.txt is not beside it");
  const TokenizerSettings settings = ReadTokenizerSettings(folder);
  const GgufPreTokenizer& steps = StepsOf(settings, folder);
  TokenizerFile file;
  file.has_vocabulary = file.has_merges = true;
  ReadVocabFile(vocab, file);
  file.merges = ReadMergesFile(merges);
  file.rest = {{"model", {{"type", "BPE"}}},
               {"normalizer", steps.normalizer},
               {"pre_tokenizer",
                settings.add_prefix_space ? WithPrefixSpace(steps.pre_tokenizer) : steps.pre_tokenizer},
               {"added_tokens", AddedTokensJson(folder, file, DefaultsOf(ClassOf(settings)))}};
  return MakeJsonTokenizer(file, vocab.string(), "vocab.json");
}

}  // namespace vffn
