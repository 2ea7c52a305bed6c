#include "text/special_tokens.h"

#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "text/side_file.h"
#include "text/tokenizer_class.h"
#include "text/top_level_value.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// A JSON file beside the tokenizer, with the name that stands in messages and sources.
struct SideFile {
  std::string name;
  Json json;

  SideFile(const fs::path& folder, std::string file_name)
      : name(std::move(file_name)), json(ReadSideFile(folder / name)) {}

  Fields fields() const { return {json, name}; }
};

/// The text of a token; nothing where the vocabulary has a gap.
std::optional<std::string> TokenText(const Tokenizer& tokenizer, TokenId id) {
  try {
    return tokenizer.TokenBytes(id);
  } catch (const Error&) {  // there is no such id
    return std::nullopt;
  }
}

/// The id of a token with this text; nothing if there is none. A special token is nearly always an added
/// token, whose text is one token; otherwise the whole vocabulary is searched.
std::optional<TokenId> FindTokenId(const Tokenizer& tokenizer, const std::string& text) {
  const std::vector<TokenId> ids = tokenizer.Encode(text);
  if (ids.size() == 1 && TokenText(tokenizer, ids.front()) == text) {
    return ids.front();
  }
  for (TokenId id = 0; id < tokenizer.vocab_size(); ++id) {
    if (TokenText(tokenizer, id) == text) {
      return id;
    }
  }
  return std::nullopt;
}

/// Reads the files beside a tokenizer.
class SideFiles {
 public:
  SideFiles(const fs::path& folder, const Tokenizer& tokenizer)
      : tokenizer_(tokenizer),
        tokenizer_config_(folder, "tokenizer_config.json"),
        token_map_(folder, "special_tokens_map.json"),
        config_(folder, "config.json"),
        generation_(folder, "generation_config.json"),
        class_(
            FindTokenizerClass(TokenizerClassName(), config_.fields().Get<std::string>("model_type", ""))) {}

  const TokenizerClass* tokenizer_class() const { return class_; }
  /// A training run of this program has a config.json of another kind.
  bool has_model_config() const {
    return config_.json.contains("model_type") || config_.json.contains("architectures") ||
           config_.json.contains("vocab_size");
  }

  /// `name` is "bos_token"; `own` is the token that the vocabulary names itself, as SentencePiece's do.
  std::optional<SpecialToken> Named(const std::string& name, std::string_view class_default,
                                    std::optional<TokenId> own = std::nullopt) const {
    for (const SideFile* file : {&token_map_, &tokenizer_config_}) {
      if (file == &token_map_ && tokenizer_config_.json.contains("added_tokens_decoder")) {
        continue;
      }
      if (const auto value = file->json.find(name); value != file->json.end()) {
        return value->is_null() ? std::nullopt : Find(TextOf(*value, *file, name), file->name + ": " + name);
      }
    }
    if (own && class_default.empty()) {
      return SpecialToken{*own, tokenizer_.TokenBytes(*own), tokenizer_.info().source};
    }
    return class_default.empty() ? std::nullopt
                                 : Find(std::string(class_default),
                                        "default of " + std::string(class_->name) + " in transformers");
  }

  /// `name` is "eos_token_id": the ids of config.json, else of generation_config.json.
  std::vector<SpecialToken> OfModel(const std::string& name) const {
    for (const SideFile* file : {&config_, &generation_}) {
      const Fields fields = file->fields();
      if (!fields.Has(name)) {
        continue;
      }
      const std::vector<TokenId> ids = fields.Require(name).is_array()
                                           ? fields.Get<std::vector<TokenId>>(name)
                                           : std::vector<TokenId>{fields.Get<TokenId>(name)};
      std::vector<SpecialToken> tokens;
      for (const TokenId id : ids) {
        if (auto text = TokenText(tokenizer_, id)) {
          tokens.push_back({id, std::move(*text), file->name + ": " + name});
        }
      }
      return tokens;
    }
    return {};
  }

  bool Adds(const std::string& name) const { return tokenizer_config_.fields().Get<bool>(name, false); }

 private:
  std::string TokenizerClassName() const {
    const auto of = [](const SideFile& file) {
      return file.fields().Get<std::string>("tokenizer_class", "");
    };
    return of(tokenizer_config_).empty() ? of(config_) : of(tokenizer_config_);
  }

  /// A token as a text, or as an object with its "content".
  static std::string TextOf(const Json& value, const SideFile& file, const std::string& name) {
    return value.is_object() ? Fields(value, file.name, name).Get<std::string>("content")
                             : file.fields().Get<std::string>(name);
  }

  std::optional<SpecialToken> Find(std::string text, std::string source) const {
    const std::optional<TokenId> id = FindTokenId(tokenizer_, text);
    return id ? std::optional(SpecialToken{*id, std::move(text), std::move(source)}) : std::nullopt;
  }

  const Tokenizer& tokenizer_;
  SideFile tokenizer_config_, token_map_, config_, generation_;
  const TokenizerClass* class_;
};

/// Without a post-processor: BOS before, and EOS after, where they are to be added and there is one.
TokensAround AroundOf(const SpecialTokens& special, bool add_bos, bool add_eos) {
  TokensAround around;
  if (add_bos && special.bos) {
    around.before = {special.bos->id};
  }
  if (add_eos && special.eos) {
    around.after = {special.eos->id};
  }
  return around;
}

}  // namespace

std::optional<TokenId> SpecialTokens::end_of_document() const {
  return eos                 ? std::optional(eos->id)
         : model_eos.empty() ? std::nullopt
                             : std::optional(model_eos.front().id);
}

std::vector<fs::path> TokenizerSideFiles(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const char* name : {"tokenizer_config.json", "special_tokens_map.json", "generation_config.json"}) {
    if (fs::is_regular_file(folder / name)) {
      files.push_back(folder / name);
    }
  }
  return files;
}

SpecialTokens ReadSpecialTokens(const fs::path& tokenizer_file, const Tokenizer& tokenizer) {
  const SideFiles files(tokenizer_file.parent_path(), tokenizer);
  const TokenizerClass none{};
  const TokenizerClass& defaults = files.tokenizer_class() == nullptr ? none : *files.tokenizer_class();
  SpecialTokens special{.bos = files.Named("bos_token", defaults.bos, tokenizer.bos()),
                        .eos = files.Named("eos_token", defaults.eos, tokenizer.eos()),
                        .unknown = files.Named("unk_token", defaults.unknown),
                        .pad = files.Named("pad_token", defaults.pad),
                        .model_eos = files.OfModel("eos_token_id"),
                        .has_model_config = files.has_model_config()};
  if (const std::vector<SpecialToken> bos = files.OfModel("bos_token_id"); !bos.empty()) {
    special.model_bos = bos.front();
  }
  if (tokenizer.info().source != "tokenizer.json") {
    special.around = AroundOf(special, files.Adds("add_bos_token"), files.Adds("add_eos_token"));
    special.around_source = "tokenizer_config.json: add_bos_token, add_eos_token";
  } else if (defaults.drops_post_processor) {
    special.around_source = std::string(defaults.name) + " in transformers adds nothing";
  } else {
    special.around =
        ReadPostProcessor(ReadTopLevelValue(tokenizer_file, "post_processor"), tokenizer_file.string());
    special.around_source = "tokenizer.json: post_processor";
  }
  return special;
}

SpecialTokens SpecialTokensOf(const GgufVocabulary& vocabulary) {
  const auto token = [&](std::optional<TokenId> id, const char* key) {
    const bool known = id && *id >= 0 && std::cmp_less(*id, vocabulary.tokens.size());
    return known ? std::optional(SpecialToken{*id, vocabulary.tokens[static_cast<size_t>(*id)], key})
                 : std::nullopt;
  };
  SpecialTokens special{.bos = token(vocabulary.bos, "tokenizer.ggml.bos_token_id"),
                        .eos = token(vocabulary.eos, "tokenizer.ggml.eos_token_id"),
                        .unknown = token(vocabulary.unknown, "tokenizer.ggml.unknown_token_id"),
                        .has_model_config = true};
  special.model_bos = special.bos;
  if (special.eos) {
    special.model_eos = {*special.eos};
  }
  special.around = AroundOf(special, AddsBos(vocabulary), vocabulary.add_eos.value_or(false));
  special.around_source = "tokenizer.ggml.add_bos_token, tokenizer.ggml.add_eos_token";
  return special;
}

}  // namespace vffn
