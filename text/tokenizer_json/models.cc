#include <algorithm>
#include <unordered_map>

#include "base/error.h"
#include "base/json.h"
#include "text/models/unigram.h"
#include "text/models/word_piece.h"
#include "text/tokenizer_json/parts.h"

namespace vffn {
namespace {

constexpr int64_t kMaxTokens = int64_t{1} << 24;

using ListedTokens = std::vector<std::pair<std::string, int64_t>>;

// Of equal tokens the last counts.
ListedTokens WithoutRepetitions(const ListedTokens& listed) {
  std::unordered_map<std::string, int64_t> last;
  for (const auto& [token, id] : listed) {
    last[token] = id;
  }
  ListedTokens kept;
  for (const auto& [token, id] : listed) {
    if (const auto found = last.find(token); found != last.end() && found->second == id) {
      kept.emplace_back(token, id);
      last.erase(found);
    }
  }
  return kept;
}

std::shared_ptr<const Vocabulary> VocabularyOf(const ListedTokens& listed, const Fields& model) {
  int64_t size = 0;
  for (const auto& [token, id] : listed) {
    VFFN_CHECK(id < kMaxTokens, model.Where("vocab"), ": the id ", id, " of \"", token, "\" is above ",
               kMaxTokens);
    size = std::max(size, id + 1);
  }
  std::vector<std::string> tokens(static_cast<size_t>(size));
  std::vector<TokenAlias> aliases;
  for (const auto& [token, id] : listed) {
    std::string& slot = tokens[static_cast<size_t>(id)];
    if (slot.empty()) {
      slot = token;
    } else {
      aliases.push_back({token, static_cast<TokenId>(id)});
    }
  }
  return std::make_shared<const Vocabulary>(std::move(tokens), std::move(aliases));
}

// Returns how many tokens there are.
size_t FillVocabulary(const TokenizerFile& file, const Fields& model, PipelineParts& parts) {
  VFFN_CHECK(file.has_vocabulary, model.Where("vocab"), " is missing, or no object");
  parts.vocabulary = VocabularyOf(file.vocabulary, model);
  const auto empty = static_cast<size_t>(
      std::ranges::count_if(file.vocabulary, [](const auto& listed) { return listed.first.empty(); }));
  if (empty <= 1 && parts.vocabulary->aliases().empty() &&
      parts.vocabulary->distinct() + empty == file.vocabulary.size()) {
    return file.vocabulary.size();
  }
  const ListedTokens listed = WithoutRepetitions(file.vocabulary);
  parts.vocabulary = VocabularyOf(listed, model);
  return listed.size();
}

void FillMerges(const TokenizerFile& file, const Fields& model, PipelineParts& parts) {
  const Vocabulary& tokens = *parts.vocabulary;
  const size_t prefix = parts.options.prefix.size();
  std::string merged;
  parts.merges.reserve(file.merges.size());
  for (const auto& [left, right] : file.merges) {
    const auto rank = static_cast<uint32_t>(parts.merges.size());
    VFFN_CHECK(right.size() >= prefix, model.Where("merges"), "[", rank, "] is \"", left, " ", right,
               "\": its second part is shorter than continuing_subword_prefix");
    merged.assign(left).append(right, prefix);
    const BpeMerge merge{tokens.Find(left), tokens.Find(right), tokens.Find(merged), rank};
    VFFN_CHECK(merge.left != Vocabulary::kNone && merge.right != Vocabulary::kNone &&
                   merge.merged != Vocabulary::kNone,
               model.Where("merges"), "[", rank, "] is \"", left, " ", right,
               "\": a part of it, or the whole, is not in the vocabulary");
    parts.merges.push_back(merge);
  }
}

size_t FillBpe(const TokenizerFile& file, const Fields& model, PipelineParts& parts) {
  VFFN_CHECK(file.has_merges, model.Where("merges"), " is missing");
  const size_t size = FillVocabulary(file, model, parts);
  BpeOptions& options = parts.options;
  options.fuse_unknown = model.Get("fuse_unk", false);
  options.byte_fallback = model.Get("byte_fallback", false);
  options.ignore_merges = model.Get("ignore_merges", false);
  options.prefix = model.Get<std::string>("continuing_subword_prefix", "");
  options.suffix = model.Get<std::string>("end_of_word_suffix", "");
  if (const auto unknown = model.Optional<std::string>("unk_token")) {
    const TokenId id = parts.vocabulary->Find(*unknown);
    if (id == Vocabulary::kNone) {
      options.missing_unknown = unknown;
    } else {
      options.unknown = id;
    }
  }
  FillMerges(file, model, parts);
  const double dropout = model.Get("dropout", 0.0);
  VFFN_CHECK(dropout == 0 || dropout == 1, model.Where("dropout"), " is ", dropout,
             ": Hugging Face would leave out merges at random, so the ids would be others each time; set it "
             "to null");
  if (dropout == 1) {  // no merge ever happens
    parts.merges.clear();
    options.ignore_merges = false;
  }
  return size;
}

size_t FillWords(const TokenizerFile& file, const Fields& model, bool pieces, PipelineParts& parts) {
  const size_t size = FillVocabulary(file, model, parts);
  WordPieceOptions options;
  options.unknown_token = model.Get<std::string>("unk_token", pieces ? "[UNK]" : "<unk>");
  const TokenId unknown = parts.vocabulary->Find(options.unknown_token);
  options.unknown = unknown == Vocabulary::kNone ? std::nullopt : std::optional(unknown);
  if (pieces) {
    options.prefix = model.Get<std::string>("continuing_subword_prefix", "##");
    options.max_characters = model.Get<uint64_t>("max_input_chars_per_word", 100);
    parts.options.prefix = options.prefix;
  }
  parts.model = pieces ? MakeWordPiece(parts.vocabulary, options) : MakeWordLevel(parts.vocabulary, options);
  return size;
}

size_t FillUnigram(const Fields& model, PipelineParts& parts) {
  std::vector<UnigramPiece> pieces;
  std::vector<std::string> tokens;
  for (const Json* entry : ToElements(model.Require("vocab"), model.PlaceOf("vocab"))) {
    const std::string name = "vocab[" + std::to_string(pieces.size()) + "]";
    const std::vector<const Json*> pair = ToElements(*entry, model.PlaceOf(name));
    VFFN_CHECK(pair.size() == 2, model.Where(name), " has ", pair.size(),
               " elements, not a token and a score");
    pieces.push_back({ToText(*pair[0], model.PlaceOf(name)), ToNumber(*pair[1], model.PlaceOf(name))});
    tokens.push_back(pieces.back().token);
  }
  const size_t size = tokens.size();
  parts.vocabulary = std::make_shared<const Vocabulary>(std::move(tokens));
  UnigramOptions options;
  options.byte_fallback = model.Get("byte_fallback", false);
  if (model.Has("unk_id")) {
    VFFN_CHECK(!pieces.empty(), model.Where("vocab"), " is empty");
    options.unknown =
        static_cast<TokenId>(model.Integer("unk_id", 0, static_cast<int64_t>(pieces.size()) - 1));
  }
  parts.model = MakeUnigram(pieces, parts.vocabulary, options);
  return size;
}

}  // namespace

size_t FillModel(const TokenizerFile& file, const Fields& model, PipelineParts& parts) {
  std::string type = model.Get<std::string>("type", "");
  if (type.empty()) {  // files of old versions
    type = file.has_merges                         ? "BPE"
           : !file.has_vocabulary                  ? "Unigram"
           : model.Has("max_input_chars_per_word") ? "WordPiece"
                                                   : "WordLevel";
  }
  if (type == "BPE") {
    return FillBpe(file, model, parts);
  }
  if (type == "WordPiece" || type == "WordLevel") {
    return FillWords(file, model, type == "WordPiece", parts);
  }
  VFFN_CHECK(type == "Unigram", model.Where(), ": the model ", type, " is not known");
  return FillUnigram(model, parts);
}

}  // namespace vffn
