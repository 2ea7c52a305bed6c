#include "text/pipeline_identity.h"

#include <map>

#include "base/sha256.h"

namespace vffn {
namespace {

std::string Describe(const PipelineParts& parts) {
  std::string text;
  for (const auto& normalizer : parts.normalizers) {
    text += normalizer->Describe() + " ";
  }
  for (const auto& splitter : parts.splitters) {
    text += splitter->Describe() + " ";
  }
  return text + parts.model->Describe();
}

std::string SplitAt(std::string_view pattern) { return "Split(" + std::string(pattern) + ") "; }

std::string NameOf(const std::string& description) {
  const std::string gpt2 = SplitAt(kGpt2Pattern), llama3 = SplitAt(kLlama3Pattern),
                    qwen2 = SplitAt(kQwen2Pattern), qwen35 = SplitAt(kQwen35Pattern),
                    o200k = SplitAt(kO200kPattern), tekken = SplitAt(kTekkenPattern);
  const std::string deepseek3 =
      SplitAt(R"(\p{N}{1,3})") + SplitAt("[一-龥぀-ゟ゠-ヿ]+") + SplitAt(kDeepSeek3Pattern);
  const std::string nfc = "NFC(Unicode 9) ";
  const std::string blanks = "Replace( ,\u2581) ", first = "Blank(\u2581) First(\u2581) ",
                    always = "Blank(\u2581) Always(\u2581) ", words = "Split(\u2581,3) ";
  const std::string characters = "BPE(characters,byte_fallback)";
  const std::map<std::string, std::string> names = {
      {gpt2 + "BPE(bytes)", "gpt2"},
      {nfc + gpt2 + "BPE(bytes)", "gpt-neox"},
      {"Digits(individual) " + gpt2 + "BPE(bytes)", "smollm"},
      {llama3 + "BPE(bytes,ignore_merges)", "llama3"},
      {llama3 + "BPE(bytes)", "cl100k"},
      {nfc + qwen2 + "BPE(bytes)", "qwen2"},
      {nfc + qwen35 + "BPE(bytes)", "qwen3.5"},
      {o200k + "BPE(bytes)", "o200k"},
      {tekken + "BPE(bytes,ignore_merges)", "tekken"},
      {deepseek3 + "BPE(bytes)", "deepseek-v3"},
      {SplitAt(kBloomPattern) + "BPE(bytes)", "bloom"},
      {"Punctuation(4) " + gpt2 + "ByteLevel Digits(runs) " + SplitAt("[0-9][0-9][0-9]") + "BPE(characters)",
       "falcon"},
      {"Prepend(\u2581) " + blanks + characters, "llama2"},
      {first + characters, "llama2"},
      {blanks + characters, "gemma"},
      {blanks + "Split( ,2) " + characters, "gemma"},
      {always + words + "Unigram", "unigram"},
      {"Bert(clean,ideographs,accents,lowercase) WhitespaceSplit(1) Punctuation(0) WordPiece(##,100)",
       "bert"},
      {"Bert(clean,ideographs,) WhitespaceSplit(1) Punctuation(0) WordPiece(##,100)", "bert"},
  };
  const auto name = names.find(description);
  return name == names.end() ? "custom" : name->second;
}

// Of everything that decides ids. Sizes go before contents, so that nothing runs together.
std::string HashOf(const PipelineParts& parts, const std::string& description) {
  Sha256 hash;
  std::string bytes;
  const auto number = [&](uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      bytes += static_cast<char>(value >> shift & 0xFF);
    }
  };
  const auto text = [&](std::string_view value) {
    number(value.size());
    bytes += value;
  };
  const BpeOptions& options = parts.options;
  text(description);
  number(options.fuse_unknown);
  number(options.unknown ? static_cast<uint64_t>(*options.unknown) + 1 : 0);
  const Vocabulary& vocabulary = *parts.vocabulary;
  number(static_cast<uint64_t>(vocabulary.size()));
  for (TokenId id = 0; id < vocabulary.size(); ++id) {
    text(vocabulary[id]);
  }
  for (const TokenAlias& alias : vocabulary.aliases()) {
    text(alias.token);
    number(static_cast<uint64_t>(alias.id));
  }
  if (const std::string details = parts.model->Details(); !details.empty()) {
    text(details);
  }
  number(parts.merges.size());
  for (const BpeMerge& merge : parts.merges) {
    number(static_cast<uint64_t>(merge.left) << 32 | static_cast<uint32_t>(merge.right));
    number(static_cast<uint64_t>(merge.merged) << 32 | merge.rank);
  }
  for (const AddedToken& token : parts.added) {
    text(token.content);
    number(static_cast<uint64_t>(token.id) << 3 | token.lstrip << 2 | token.rstrip << 1 | token.normalized |
           static_cast<uint64_t>(token.single_word) << 62);
  }
  hash.Update(bytes);
  return hash.Hex();
}

}  // namespace

TokenizerInfo IdentifyPipeline(const PipelineParts& parts) {
  const std::string description = Describe(parts);
  return {NameOf(description), parts.source, HashOf(parts, description)};
}

}  // namespace vffn
