#include "text/gguf_pre_tokenizer.h"

#include <initializer_list>
#include <map>
#include <vector>

#include "text/known_patterns.h"

namespace vffn {
namespace {

using NameTable = std::map<std::string, GgufPreTokenizer, std::less<>>;

// Patterns beside those of known_patterns.h. Letters outside ASCII are written by their numbers: several look
// like others, or have an equal normal form.
constexpr std::string_view kYoutuPattern =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kYoutuScripts =
    "[\uAC00-\uD7A3\u3131-\u318E]+|[\uFF01\u2026\u201C\u201D\u2018\u2019\u2014\uFF1A\uFF1B\uFF0C\u3001-"
    "\u303F\uFE30-\uFE4F]+|[\u3105-\u312F]+|[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+";
constexpr std::string_view kSparkPattern =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+)";
constexpr std::string_view kDeepSeekLetters =
    "\\s?[A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293\u0295-\u02AF\u0370-"
    "\u0373\u0376\u0377\u037B-\u037D\u037F\u0386\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03F5\u03F7-"
    "\u0481\u048A-\u052F\u0531-\u0556\u10A0-\u10C5\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA\u1CBD-\u1CBF\u1D00-"
    "\u1D2B\u1D6B-\u1D77\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D\u1F50-"
    "\u1F57\u1F59\u1F5B\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4\u1FC6-\u1FCC\u1FD0-"
    "\u1FD3\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107\u210A-\u2113\u2115\u2119-"
    "\u211D\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139\u213C-\u213F\u2145-"
    "\u2149\u214E\u2183\u2184\u2C00-\u2C7B\u2C7E-\u2CE4\u2CEB-\u2CEE\u2CF2\u2CF3\uA640-\uA66D\uA680-"
    "\uA69B\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17\uFF21-\uFF3A\uFF41-"
    "\uFF5A\U00010400-\U0001044F\U000104B0-\U000104D3\U000104D8-\U000104FB\U00010C80-\U00010CB2\U00010CC0-"
    "\U00010CF2\U000118A0-\U000118DF\U0001E900-\U0001E943]+";
constexpr std::string_view kDeepSeekPunctuation =
    "\\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002]+";
constexpr std::string_view kCjk = "[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+";
constexpr std::string_view kCjkAndKana = "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+";
constexpr std::string_view kUfakzekaPattern =
    R"([^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kSeedCoderPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kBailingPattern =
    R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)";
constexpr std::string_view kExaoneMoePattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+)";
constexpr std::string_view kJais2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1})";
constexpr std::string_view kMiniCpm5Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}+| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

Json SplitStep(std::string_view pattern) {
  return {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
}

Json DigitsStep() { return {{"type", "Digits"}, {"individual_digits", true}}; }

Json BytesStep(bool splits = false) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", splits}};
}

Json Gpt2Step() { return BytesStep(true); }

// The steps before the bytes.
Json Steps(std::vector<Json> steps) {
  if (steps.empty() || steps.back().value("type", "") != "ByteLevel") {
    steps.push_back(BytesStep());
  }
  return {{"type", "Sequence"}, {"pretokenizers", steps}};
}

// Falcon cuts digits after it has written the text as bytes.
Json FalconSteps() {
  return {{"type", "Sequence"},
          {"pretokenizers",
           {{{"type", "Punctuation"}, {"behavior", "Contiguous"}},
            BytesStep(true),
            {{"type", "Digits"}, {"individual_digits", false}},
            SplitStep("[0-9][0-9][0-9]")}}};
}

Json NfcStep() { return {{"type", "NFC"}}; }

void AddNames(NameTable& table, std::initializer_list<const char*> names, const GgufPreTokenizer& entry) {
  for (const char* name : names) {
    table.emplace(name, entry);
  }
}

void AddGpt2Kinds(NameTable& table) {
  AddNames(table,
           {"gpt-2", "gpt2", "phi-2", "jina-v1-en", "jina-v2-code", "jina-v2-es", "jina-v2-de", "jina-es",
            "jina-de", "roberta-bpe", "gigachat", "a.x-4.0", "mellum", "exaone4", "jais", "trillion",
            "granite-docling"},
           {.pre_tokenizer = Gpt2Step()});
  AddNames(table, {"olmo", "mpt", "modern-bert"}, {.normalizer = NfcStep(), .pre_tokenizer = Gpt2Step()});
  AddNames(table, {"smollm", "starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2"},
           {.pre_tokenizer = Steps({DigitsStep(), Gpt2Step()})});
  AddNames(table, {"command-r"},
           {.normalizer = NfcStep(),
            .pre_tokenizer = Steps({DigitsStep(), Gpt2Step()}),
            .user_defined_normalized = false});
  AddNames(table, {"falcon"}, {.pre_tokenizer = FalconSteps()});
  AddNames(table, {"default"},
           {.pre_tokenizer = Steps({SplitStep(R"([\p{P}\$\+<=>\^~\|]+)"), SplitStep(kGpt2Pattern),
                                    SplitStep(R"(\p{N}+)"), SplitStep("[0-9][0-9][0-9]")})});
}

void AddLlama3Kinds(NameTable& table) {
  AddNames(table,
           {"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
            "jina-v5-nano"},
           {.pre_tokenizer = Steps({SplitStep(kLlama3Pattern)}), .ignore_merges = true, .adds_bos = true});
  AddNames(table, {"dbrx", "smaug-bpe", "chatglm-bpe"},
           {.pre_tokenizer = Steps({SplitStep(kLlama3Pattern)})});
  AddNames(table, {"glm4", "glm5"},
           {.pre_tokenizer = Steps({SplitStep(kLlama3Pattern)}), .ignore_merges = true});
  AddNames(table, {"jais-2"}, {.pre_tokenizer = Steps({SplitStep(kJais2Pattern)})});
  AddNames(table, {"minicpm5"},
           {.pre_tokenizer = Steps({SplitStep(R"(\p{N}{1,3})"), SplitStep(kMiniCpm5Pattern)}),
            .ignore_merges = true});
}

void AddQwenKinds(NameTable& table) {
  const Json qwen2 = Steps({SplitStep(kQwen2Pattern)});
  AddNames(table, {"qwen2", "deepseek-r1-qwen", "f2llmv2"},
           {.normalizer = NfcStep(), .pre_tokenizer = qwen2, .user_defined_normalized = false});
  AddNames(table, {"stablelm2"}, {.normalizer = NfcStep(), .pre_tokenizer = qwen2});
  AddNames(table, {"kormo", "megrez", "hunyuan", "solar-open", "grok-2"}, {.pre_tokenizer = qwen2});
  AddNames(table, {"qwen35"},
           {.normalizer = NfcStep(),
            .pre_tokenizer = Steps({SplitStep(kQwen35Pattern)}),
            .user_defined_normalized = false});
  AddNames(table, {"ufakzeka"}, {.pre_tokenizer = Steps({SplitStep(kUfakzekaPattern)})});
  AddNames(table, {"laguna"},
           {.pre_tokenizer = Steps({SplitStep(R"([^\n]+|[\n]+)"), SplitStep(kQwen2Pattern)})});
  AddNames(table, {"seed-coder"}, {.pre_tokenizer = Steps({SplitStep(kSeedCoderPattern)})});
  AddNames(table, {"bailingmoe", "bailingmoe2", "llada-moe"},
           {.pre_tokenizer = Steps({SplitStep(kBailingPattern)})});
  AddNames(table, {"exaone-moe"}, {.pre_tokenizer = Steps({SplitStep(kExaoneMoePattern)})});
}

void AddDeepSeekKinds(NameTable& table) {
  AddNames(table, {"deepseek-llm"},
           {.pre_tokenizer =
                Steps({SplitStep(R"([\r\n])"), SplitStep(kDeepSeekLetters), SplitStep(kDeepSeekPunctuation),
                       SplitStep(R"(\s+$)"), SplitStep(kCjk), DigitsStep()})});
  AddNames(table, {"deepseek-coder"},
           {.pre_tokenizer = Steps({SplitStep(R"([\r\n])"), SplitStep(R"(\s?\p{L}+)"),
                                    SplitStep(R"(\s?\p{P}+)"), SplitStep(kCjk), DigitsStep()})});
  AddNames(table, {"deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"},
           {.pre_tokenizer =
                Steps({SplitStep(R"(\p{N}{1,3})"), SplitStep(kCjkAndKana), SplitStep(kDeepSeek3Pattern)})});
  AddNames(table, {"spark2_5"},
           {.pre_tokenizer = Steps({SplitStep(R"(\p{N}{1,3})"), SplitStep(kCjkAndKana),
                                    SplitStep(kSparkPattern), DigitsStep()})});
}

void AddO200kKinds(NameTable& table) {
  AddNames(table, {"gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"},
           {.pre_tokenizer = Steps({SplitStep(kO200kPattern)})});
  AddNames(table, {"granite-embed-multi-97m"},
           {.pre_tokenizer = Steps({SplitStep(kO200kPattern)}), .ignore_merges = true});
  AddNames(table, {"tekken"},
           {.pre_tokenizer = Steps({SplitStep(kTekkenPattern)}), .ignore_merges = true, .adds_bos = true});
  AddNames(
      table, {"youtu"},
      {.pre_tokenizer = Steps({SplitStep(kYoutuScripts), SplitStep(kYoutuPattern)}), .ignore_merges = true});
}

void AddOtherKinds(NameTable& table) {
  AddNames(table, {"bloom", "poro-chat", "gpt3-finnish"},
           {.pre_tokenizer = Steps({SplitStep(kBloomPattern)})});
  AddNames(table, {"viking"}, {.pre_tokenizer = Steps({SplitStep(kBloomPattern), DigitsStep()})});
  AddNames(table, {"superbpe"},
           {.pre_tokenizer = Steps({SplitStep(R"(\p{N}+)"), SplitStep(R"(\d{1,3}(?=(?:\d{3})*(?!\d)))")})});
  AddNames(table, {"chameleon"},
           {.pre_tokenizer =
                Steps({SplitStep("<sentinel:[0-9]+>"), SplitStep("(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"),
                       SplitStep(R"(([\t\n]|    |  ))"), DigitsStep(), SplitStep(R"([\p{P}!-/:-@\[-`{-~])"),
                       Gpt2Step()}),
            .adds_bos = true});
}

const NameTable& PreTokenizerTable() {
  static const NameTable table = [] {
    NameTable made;
    AddGpt2Kinds(made);
    AddLlama3Kinds(made);
    AddQwenKinds(made);
    AddDeepSeekKinds(made);
    AddO200kKinds(made);
    AddOtherKinds(made);
    return made;
  }();
  return table;
}

}  // namespace

const GgufPreTokenizer* FindGgufPreTokenizer(std::string_view name) {
  const auto found = PreTokenizerTable().find(name);
  return found == PreTokenizerTable().end() ? nullptr : &found->second;
}

std::string GgufPreTokenizerNames() {
  std::string names;
  for (const auto& [name, entry] : PreTokenizerTable()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

}  // namespace vffn
