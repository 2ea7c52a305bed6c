// Tokenizers from the metadata of GGUF files.
#include <algorithm>
#include <numeric>
#include <set>

#include "base/error.h"
#include "text/byte_level.h"
#include "text/gguf_pre_tokenizer.h"
#include "text/tokenizer_json.h"
#include "text/utf8.h"

namespace vffn {
namespace {

constexpr int32_t kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4;
constexpr std::string_view kBlank = "\u2581";

// How a byte-level vocabulary is used.
struct ByteLevelRecipe {
  Json normalizer, pre_tokenizer;
  bool ignore_merges = false;
  bool user_defined_normalized = false;
};

ByteLevelRecipe OwnRecipe(const GgufVocabulary& vocabulary) {
  const std::string name = vocabulary.pre.empty() ? "default" : vocabulary.pre;
  const GgufPreTokenizer* found = FindGgufPreTokenizer(name);
  VFFN_CHECK(found != nullptr, vocabulary.origin, ": tokenizer.ggml.pre is \"", name,
             "\", which is not supported (", GgufPreTokenizerNames(),
             "); give the model's tokenizer.json instead");
  return {found->normalizer, found->pre_tokenizer, found->ignore_merges, found->user_defined_normalized};
}

// transformers 5.24: GPT-2's pipeline for every name but those whose pattern it knows; it adds tokens as not
// normalised.
ByteLevelRecipe TransformersRecipe(const GgufVocabulary& vocabulary) {
  static const std::set<std::string> names = {
      "llama3",   "llama-v3", "llama-bpe", "falcon3", "falcon-h1",        "pixtral",
      "midm-2.0", "lfm2",     "dbrx",      "tekken",  "jina-v5-nano",     "smaug-bpe",
      "qwen2",    "kormo",    "f2llmv2",   "megrez",  "deepseek-r1-qwen", "qwen35",
      "gpt-4o",   "llama4",   "kanana2",   "talkie",  "minimax-m2"};
  const std::string name = names.contains(vocabulary.pre) ? vocabulary.pre : "gpt-2";
  return {nullptr, FindGgufPreTokenizer(name)->pre_tokenizer};
}

int32_t TypeOf(const GgufVocabulary& vocabulary, size_t id) {
  return vocabulary.token_types.empty() ? kNormal : vocabulary.token_types[id];
}

// Also BOS, EOS and the unknown token, whatever their types are.
bool IsSpecial(const GgufVocabulary& vocabulary, size_t id) {
  const int32_t type = TypeOf(vocabulary, id);
  const std::optional<TokenId> token = static_cast<TokenId>(id);
  return type == kControl || type == kUnknown || token == vocabulary.bos || token == vocabulary.eos ||
         token == vocabulary.unknown;
}

// The special ones first.
std::vector<AddedToken> AddedTokens(const GgufVocabulary& vocabulary, bool user_defined_normalized) {
  std::vector<AddedToken> special, user_defined;
  for (size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    AddedToken token{.content = vocabulary.tokens[id], .id = static_cast<TokenId>(id)};
    if (IsSpecial(vocabulary, id)) {
      token.special = true;
      special.push_back(std::move(token));
    } else if (TypeOf(vocabulary, id) == kUserDefined) {
      token.normalized = user_defined_normalized;
      user_defined.push_back(std::move(token));
    }
  }
  special.insert(special.end(), user_defined.begin(), user_defined.end());
  return special;
}

std::vector<BpeMerge> ReadMerges(const GgufVocabulary& vocabulary, const Vocabulary& tokens) {
  std::vector<BpeMerge> merges;
  merges.reserve(vocabulary.merges.size());
  std::string merged;
  for (const std::string& merge : vocabulary.merges) {
    const auto parts = SplitMerge(merge);
    VFFN_CHECK(parts, vocabulary.origin, ": tokenizer.ggml.merges[", merges.size(), "] is \"", merge, "\"",
               kNotAMerge);
    merged.assign(parts->first).append(parts->second);
    const BpeMerge found{tokens.Find(parts->first), tokens.Find(parts->second), tokens.Find(merged),
                         static_cast<uint32_t>(merges.size())};
    VFFN_CHECK(found.left != Vocabulary::kNone && found.right != Vocabulary::kNone &&
                   found.merged != Vocabulary::kNone,
               vocabulary.origin, ": tokenizer.ggml.merges[", merges.size(), "] is \"", merge,
               "\": a part of it, or the whole, is not in the vocabulary");
    merges.push_back(found);
  }
  return merges;
}

// The token a character begins as: itself, or where only its byte has a token, that.
TokenId CharacterSymbol(const Vocabulary& tokens, std::string_view character) {
  const TokenId id = tokens.Find(character);
  if (id != Vocabulary::kNone || character.size() > 1) {
    return id;
  }
  return tokens.Find(ByteToken(static_cast<unsigned char>(character[0])));
}

// SentencePiece: any two neighbours whose joint text is a token may merge, the best score first, then the
// leftmost. Every way to cut a token in two is such a merge; tokens with equal scores share a rank.
std::vector<BpeMerge> MergesFromScores(const GgufVocabulary& vocabulary, const Vocabulary& tokens) {
  const auto symbol = [&](std::string_view text) {
    const bool one_character = text.size() == Utf8Length(static_cast<unsigned char>(text[0]));
    const TokenId id = one_character ? CharacterSymbol(tokens, text) : tokens.Find(text);
    const bool usable =
        id != Vocabulary::kNone && (one_character || TypeOf(vocabulary, static_cast<size_t>(id)) == kNormal);
    VFFN_CHECK(usable || !one_character, vocabulary.origin, ": the character \"", text,
               "\" occurs in tokens but is not one itself, which is not supported");
    return usable ? id : Vocabulary::kNone;
  };
  std::vector<TokenId> by_score(vocabulary.tokens.size());
  std::iota(by_score.begin(), by_score.end(), 0);
  const auto score = [&](TokenId id) { return vocabulary.scores[static_cast<size_t>(id)]; };
  std::stable_sort(by_score.begin(), by_score.end(),
                   [&](TokenId a, TokenId b) { return score(a) > score(b); });
  std::vector<BpeMerge> merges;
  uint32_t rank = 0;
  for (size_t i = 0; i < by_score.size(); ++i) {
    const TokenId id = by_score[i];
    rank += i > 0 && score(id) != score(by_score[i - 1]);
    const std::string_view text = tokens[id];
    if (TypeOf(vocabulary, static_cast<size_t>(id)) != kNormal || text.empty()) {
      continue;
    }
    for (size_t cut = Utf8Length(static_cast<unsigned char>(text[0])); cut < text.size();
         cut += Utf8Length(static_cast<unsigned char>(text[cut]))) {
      const TokenId left = symbol(text.substr(0, cut));
      const TokenId right = symbol(text.substr(cut));
      if (left != Vocabulary::kNone && right != Vocabulary::kNone) {
        merges.push_back({left, right, id, rank});
      }
    }
  }
  return merges;
}

void CheckVocabulary(const GgufVocabulary& vocabulary) {
  const std::string& origin = vocabulary.origin;
  const size_t size = vocabulary.tokens.size();
  VFFN_CHECK(size > 0, origin, ": tokenizer.ggml.tokens is missing or empty");
  VFFN_CHECK(vocabulary.token_types.empty() || vocabulary.token_types.size() == size, origin,
             ": tokenizer.ggml.token_type has ", vocabulary.token_types.size(), " entries for ", size,
             " tokens");
  VFFN_CHECK(vocabulary.scores.empty() || vocabulary.scores.size() == size, origin,
             ": tokenizer.ggml.scores has ", vocabulary.scores.size(), " entries for ", size, " tokens");
  for (size_t id = 0; id < size; ++id) {
    VFFN_CHECK(FindInvalidUtf8(vocabulary.tokens[id]) == std::string_view::npos, origin,
               ": tokenizer.ggml.tokens[", id, "] is not valid UTF-8");
  }
  for (const auto& [name, id] : {std::pair("bos", vocabulary.bos), std::pair("eos", vocabulary.eos),
                                 std::pair("unknown", vocabulary.unknown)}) {
    VFFN_CHECK(!id || (*id >= 0 && static_cast<size_t>(*id) < size), origin, ": tokenizer.ggml.", name,
               "_token_id is ", id.value_or(0), ", outside the vocabulary of ", size);
  }
}

// As transformers does: a token with characters outside the byte-level alphabet is spelled in it, and is no
// added token any more.
void Respell(PipelineParts& parts) {
  for (std::string& token : parts.tokens) {
    if (!BytesOfToken(token)) {
      std::erase_if(parts.added, [&](const AddedToken& added) { return added.content == token; });
      std::string spelled;
      for (const char byte : token) {
        spelled += ByteCharacter(static_cast<unsigned char>(byte));
      }
      token = std::move(spelled);
    }
  }
}

void FillByteLevel(const GgufVocabulary& vocabulary, GgufPipeline pipeline, PipelineParts& parts) {
  VFFN_CHECK(!vocabulary.merges.empty(), vocabulary.origin, ": tokenizer.ggml.merges is missing or empty");
  VFFN_CHECK(!vocabulary.add_space_prefix.value_or(false), vocabulary.origin,
             ": tokenizer.ggml.add_space_prefix with a byte-level vocabulary is not supported");
  const bool own = pipeline == GgufPipeline::kOwn;
  const ByteLevelRecipe recipe = own ? OwnRecipe(vocabulary) : TransformersRecipe(vocabulary);
  parts.added = AddedTokens(vocabulary, recipe.user_defined_normalized);
  if (!own) {
    Respell(parts);
  }
  parts.merges = ReadMerges(vocabulary, Vocabulary(parts.tokens));
  parts.options.ignore_merges = recipe.ignore_merges;
  AddTextSteps(recipe.normalizer, recipe.pre_tokenizer, vocabulary.origin, parts);
}

void FillSentencePiece(const GgufVocabulary& vocabulary, PipelineParts& parts) {
  VFFN_CHECK(!vocabulary.scores.empty(), vocabulary.origin, ": tokenizer.ggml.scores is missing");
  const Vocabulary tokens(vocabulary.tokens);
  parts.merges = MergesFromScores(vocabulary, tokens);
  parts.options.byte_fallback = true;
  parts.options.fuse_unknown = true;
  parts.options.unknown = vocabulary.unknown;
  for (size_t id = 0; id < vocabulary.tokens.size() && !parts.options.unknown; ++id) {
    if (TypeOf(vocabulary, id) == kUnknown) {
      parts.options.unknown = static_cast<TokenId>(id);
    }
  }
  if (vocabulary.add_space_prefix.value_or(true)) {
    parts.normalizers.push_back(MakePrepend(std::string(kBlank)));
  }
  parts.normalizers.push_back(MakeReplace(" ", std::string(kBlank)));
  parts.added = AddedTokens(vocabulary, false);
}

}  // namespace

std::unique_ptr<const Tokenizer> MakeGgufTokenizer(const GgufVocabulary& vocabulary, GgufPipeline pipeline) {
  CheckVocabulary(vocabulary);
  PipelineParts parts;
  parts.source = "gguf";
  parts.tokens = vocabulary.tokens;
  parts.bos = vocabulary.bos;
  parts.eos = vocabulary.eos;
  if (vocabulary.model == "gpt2") {
    FillByteLevel(vocabulary, pipeline, parts);
  } else if (vocabulary.model == "llama") {
    VFFN_CHECK(pipeline == GgufPipeline::kOwn, vocabulary.origin,
               ": the pipeline of transformers is supported for tokenizer.ggml.model \"gpt2\" only, this is "
               "\"llama\"");
    FillSentencePiece(vocabulary, parts);
  } else {
    Fail(vocabulary.origin, ": tokenizer.ggml.model is \"", vocabulary.model,
         "\", which is not supported (gpt2: byte-level BPE; llama: SentencePiece BPE); give the model's "
         "tokenizer.json instead");
  }
  return MakePipeline(std::move(parts));
}

bool AddsBos(const GgufVocabulary& vocabulary) {
  if (vocabulary.add_bos) {
    return *vocabulary.add_bos;
  }
  const GgufPreTokenizer* pre = FindGgufPreTokenizer(vocabulary.pre);
  return vocabulary.model == "llama" || (vocabulary.model == "gpt2" && pre != nullptr && pre->adds_bos);
}

}  // namespace vffn
