// Tokenizers from Hugging Face's tokenizer.json.
#include "text/tokenizer_json.h"

#include <algorithm>
#include <initializer_list>
#include <unordered_set>

#include "base/error.h"

namespace vffn {
namespace {

constexpr int64_t kMaxTokens = int64_t{1} << 24;

// A part of the file: the value and what to call it.
struct Part {
  const Json& json;
  std::string name;  // file, then the path inside it

  template <class... Words>
  [[noreturn]] void Refuse(const Words&... words) const {
    Fail(name, ": ", words..., " is not supported");
  }

  /// Refuses keys that are not known here: they might change the ids.
  void Allow(std::initializer_list<std::string_view> keys) const {
    for (const auto& [key, value] : json.items()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        Refuse("the key \"", key, "\"");
      }
    }
  }

  /// The value of `key`, or `absent` if it is missing or null.
  template <class T>
  T Get(const char* key, T absent) const {
    const auto found = json.find(key);
    return found == json.end() || found->is_null() ? absent : found->get<T>();
  }

  Part At(const char* key) const { return {json.at(key), name + "." + key}; }
  std::string Type() const { return Get<std::string>("type", ""); }
};

void AddNormalizer(const Part& part, PipelineParts& parts) {
  const std::string type = part.Type();
  if (type == "NFC") {
    part.Allow({"type"});
    parts.normalizers.push_back(MakeNfc());
  } else if (type == "Prepend") {
    part.Allow({"type", "prepend"});
    parts.normalizers.push_back(MakePrepend(part.json.at("prepend").get<std::string>()));
  } else if (type == "Replace") {
    part.Allow({"type", "pattern", "content"});
    const Part pattern = part.At("pattern");
    pattern.Allow({"String"});
    parts.normalizers.push_back(MakeReplace(pattern.json.at("String").get<std::string>(),
                                            part.json.at("content").get<std::string>()));
  } else if (type == "Sequence") {
    part.Allow({"type", "normalizers"});
    for (const Json& step : part.json.at("normalizers")) {
      AddNormalizer({step, part.name}, parts);
    }
  } else {
    part.Refuse("the normalizer ", type);
  }
}

Delimiter BehaviorOf(const Part& part) {
  const std::string behavior = part.json.at("behavior").get<std::string>();
  if (behavior == "Isolated") {
    return Delimiter::kIsolated;
  }
  if (behavior == "Removed") {
    return Delimiter::kRemoved;
  }
  if (behavior == "MergedWithPrevious") {
    return Delimiter::kWithPrevious;
  }
  if (behavior == "MergedWithNext") {
    return Delimiter::kWithNext;
  }
  part.Refuse("the behavior ", behavior);
}

void AddSplit(const Part& part, PipelineParts& parts) {
  part.Allow({"type", "pattern", "behavior", "invert"});
  const Part pattern = part.At("pattern");
  const Delimiter behavior = BehaviorOf(part);
  if (part.Get("invert", false)) {
    part.Refuse("invert");
  }
  if (pattern.json.contains("Regex")) {
    if (behavior != Delimiter::kIsolated) {
      part.Refuse("a regular expression with a behavior other than Isolated");
    }
    parts.splitters.push_back(MakePatternSplitter(pattern.json.at("Regex").get<std::string>()));
  } else {
    pattern.Allow({"String"});
    parts.splitters.push_back(MakeLiteralSplitter(pattern.json.at("String").get<std::string>(), behavior));
  }
}

void AddMetaspace(const Part& part, PipelineParts& parts) {
  part.Allow({"type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split"});
  const std::string replacement = part.json.at("replacement").get<std::string>();
  const std::string scheme = part.Get<std::string>("prepend_scheme", "always");
  if (scheme != "always" && scheme != "first" && scheme != "never") {
    part.Refuse("prepend_scheme ", scheme);
  }
  if (!part.Get("add_prefix_space", true) && scheme != "never") {
    part.Refuse("add_prefix_space false with prepend_scheme ", scheme);
  }
  parts.prefix = {scheme == "never" ? "" : replacement, scheme == "first", replacement};
  if (part.Get("split", true)) {
    parts.splitters.push_back(MakeLiteralSplitter(replacement, Delimiter::kWithNext));
  }
}

void AddByteLevel(const Part& part, PipelineParts& parts) {
  part.Allow({"type", "add_prefix_space", "trim_offsets", "use_regex"});
  if (part.Get("add_prefix_space", true)) {
    parts.prefix.prefix = " ";
  }
  if (part.Get("use_regex", true)) {
    parts.splitters.push_back(MakePatternSplitter(kGpt2Pattern));
  }
  parts.options.byte_level = true;
}

void AddPreTokenizer(const Part& part, PipelineParts& parts) {
  const std::string type = part.Type();
  if (parts.options.byte_level) {
    part.Refuse("the pre_tokenizer ", type, " after ByteLevel");
  }
  const bool is_first = parts.splitters.empty() && parts.prefix.blank.empty();
  if (type == "ByteLevel") {
    AddByteLevel(part, parts);
    if (!is_first && parts.prefix.prefix == " ") {
      part.Refuse("ByteLevel with add_prefix_space after another pre_tokenizer");
    }
  } else if (type == "Split") {
    AddSplit(part, parts);
  } else if (type == "Digits") {
    part.Allow({"type", "individual_digits"});
    parts.splitters.push_back(MakeDigitSplitter(part.Get("individual_digits", false)));
  } else if (type == "Metaspace") {
    if (!is_first) {
      part.Refuse("Metaspace after another pre_tokenizer");
    }
    AddMetaspace(part, parts);
  } else if (type == "Sequence") {
    part.Allow({"type", "pretokenizers"});
    for (const Json& step : part.json.at("pretokenizers")) {
      AddPreTokenizer({step, part.name}, parts);
    }
  } else {
    part.Refuse("the pre_tokenizer ", type);
  }
}

void FillModel(const Part& model, const TokenizerFile& file, const Vocabulary& tokens, PipelineParts& parts) {
  model.Allow({"type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
               "byte_fallback", "ignore_merges"});
  for (const char* affix : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!model.Get<std::string>(affix, "").empty()) {
      model.Refuse(affix);
    }
  }
  if (model.Get("dropout", 0.0) != 0.0) {
    model.Refuse("dropout");
  }
  BpeOptions& options = parts.options;
  options.fuse_unknown = model.Get("fuse_unk", false);
  options.byte_fallback = model.Get("byte_fallback", false);
  options.ignore_merges = model.Get("ignore_merges", false);
  if (options.byte_fallback && options.byte_level) {
    model.Refuse("byte_fallback with the pre_tokenizer ByteLevel");
  }
  if (const std::string unknown = model.Get<std::string>("unk_token", ""); !unknown.empty()) {
    options.unknown = tokens.Find(unknown);
    VFFN_CHECK(options.unknown != Vocabulary::kNone, model.name, ": unk_token \"", unknown,
               "\" is not in the vocabulary");
  }
  std::string merged;
  for (const auto& [left, right] : file.merges) {
    const auto rank = static_cast<uint32_t>(parts.merges.size());
    merged.assign(left).append(right);
    const BpeMerge merge{tokens.Find(left), tokens.Find(right), tokens.Find(merged), rank};
    VFFN_CHECK(merge.left != Vocabulary::kNone && merge.right != Vocabulary::kNone &&
                   merge.merged != Vocabulary::kNone,
               model.name, ".merges[", rank, "] is \"", left, " ", right,
               "\": a part of it, or the whole, is not in the vocabulary");
    parts.merges.push_back(merge);
  }
}

std::vector<std::string> TokensById(const TokenizerFile& file, const std::string& name) {
  int64_t size = 0;
  for (const auto& [token, id] : file.vocabulary) {
    VFFN_CHECK(id < kMaxTokens, name, ".vocab: the id ", id, " of \"", token, "\" is above ", kMaxTokens);
    size = std::max(size, id + 1);
  }
  std::vector<std::string> tokens(static_cast<size_t>(size));
  for (const auto& [token, id] : file.vocabulary) {
    std::string& slot = tokens[static_cast<size_t>(id)];
    VFFN_CHECK(slot.empty(), name, ".vocab: the id ", id, " belongs to both \"", slot, "\" and \"", token,
               "\"");
    slot = token;
  }
  return tokens;
}

// Hugging Face numbers a token that is not in the vocabulary itself, whatever the file says: after the
// vocabulary, or after the added token with the highest id. A file that says otherwise is refused.
void AddAddedTokens(const Part& list, size_t vocabulary_size, const Vocabulary& tokens,
                    PipelineParts& parts) {
  std::unordered_set<std::string> seen;
  auto next = static_cast<int64_t>(vocabulary_size);
  for (const Json& entry : list.json) {
    const Part part{entry, list.name};
    part.Allow({"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
    AddedToken token;
    token.content = entry.at("content").get<std::string>();
    const auto id = entry.at("id").get<int64_t>();
    const TokenId in_vocabulary = tokens.Find(token.content);
    const int64_t expected = in_vocabulary != Vocabulary::kNone ? in_vocabulary : next;
    VFFN_CHECK(seen.insert(token.content).second, list.name, ": \"", token.content, "\" occurs twice");
    VFFN_CHECK(id == expected, list.name, ": \"", token.content, "\" has the id ", id,
               ", Hugging Face gives it ", expected);
    next = std::max(next, id + 1);
    token.id = static_cast<TokenId>(id);
    token.lstrip = part.Get("lstrip", false);
    token.rstrip = part.Get("rstrip", false);
    token.normalized = part.Get("normalized", true);
    token.special = part.Get("special", false);
    if (part.Get("single_word", false)) {
      part.Refuse("single_word (of \"", token.content, "\")");
    }
    parts.added.push_back(std::move(token));
  }
  std::stable_partition(parts.added.begin(), parts.added.end(),
                        [](const AddedToken& token) { return token.special; });
}

std::unique_ptr<const Tokenizer> Build(const TokenizerFile& file, const std::string& origin,
                                       const std::string& source) {
  const Part root{file.rest, origin};
  // Truncation, padding and special tokens around the text are the caller's; decoding is not done here.
  root.Allow({"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
              "post_processor", "decoder", "model"});
  const Part model = root.At("model");
  const std::string type = model.Type();
  if (type != "BPE" && !(type.empty() && file.has_merges)) {
    model.Refuse("a tokenizer of type ", type.empty() ? "(none)" : type);
  }
  VFFN_CHECK(file.has_vocabulary && file.has_merges, model.name, ": vocab or merges missing");
  PipelineParts parts;
  parts.source = source;
  AddTextSteps(file.rest.value("normalizer", Json()), file.rest.value("pre_tokenizer", Json()), origin,
               parts);
  parts.tokens = TokensById(file, model.name);
  const Vocabulary tokens(parts.tokens);
  FillModel(model, file, tokens, parts);
  if (const auto added = file.rest.find("added_tokens"); added != file.rest.end() && !added->is_null()) {
    AddAddedTokens(root.At("added_tokens"), file.vocabulary.size(), tokens, parts);
  }
  return MakePipeline(std::move(parts));
}

}  // namespace

void AddTextSteps(const Json& normalizer, const Json& pre_tokenizer, const std::string& origin,
                  PipelineParts& parts) {
  if (!normalizer.is_null()) {
    AddNormalizer({normalizer, origin + ".normalizer"}, parts);
  }
  if (!pre_tokenizer.is_null()) {
    AddPreTokenizer({pre_tokenizer, origin + ".pre_tokenizer"}, parts);
  }
}

std::unique_ptr<const Tokenizer> MakeJsonTokenizer(const TokenizerFile& file, const std::string& origin,
                                                   const std::string& source) {
  try {
    return Build(file, origin, source);
  } catch (const Json::exception& error) {
    Fail(origin, ": not a tokenizer.json as expected: ", error.what());
  }
}

std::unique_ptr<const Tokenizer> LoadTokenizerJson(const std::filesystem::path& path) {
  return MakeJsonTokenizer(ReadTokenizerFile(path), path.string(), "tokenizer.json");
}

}  // namespace vffn
