#include "text/added_token_files.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "text/side_file.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

// A token is written as its text or as an object with "content" and options.
AddedToken ReadToken(const Json& value, const std::string& origin, const std::string& name, bool special) {
  AddedToken token;
  token.special = special;
  token.normalized = !special;
  if (value.is_string()) {
    token.content = value.get<std::string>();
    return token;
  }
  const Fields fields(value, origin, name);
  token.content = fields.Get<std::string>("content");
  token.lstrip = fields.Get<bool>("lstrip", false);
  token.rstrip = fields.Get<bool>("rstrip", false);
  token.special = special || fields.Get<bool>("special", false);
  token.normalized = fields.Get<bool>("normalized", !token.special);
  return token;
}

// Collects tokens and gives them ids.
class TokenList {
 public:
  TokenList(TokenId size, const FindToken& find) : next_(size), find_(find) {}

  bool Has(const std::string& content) const {
    return std::ranges::any_of(tokens_, [&](const AddedToken& token) { return token.content == content; });
  }

  void AddWithId(AddedToken token, TokenId id) {
    token.id = id;
    next_ = std::max(next_, id + 1);
    tokens_.push_back(std::move(token));
  }

  void Add(AddedToken token) {
    if (token.content.empty() || Has(token.content)) {
      return;
    }
    const TokenId id = find_(token.content);
    AddWithId(std::move(token), id == Vocabulary::kNone ? next_ : id);
  }

  std::vector<AddedToken> Take() { return std::move(tokens_); }

 private:
  TokenId next_;
  const FindToken& find_;
  std::vector<AddedToken> tokens_;
};

TokenId ParseTokenId(const std::string& text, const std::string& where) {
  TokenId id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  VFFN_CHECK(error == std::errc() && end == text.data() + text.size() && id >= 0, where, ": \"", text,
             "\" is not a token id");
  return id;
}

void AddNumberedTokens(const fs::path& folder, const Json& config, TokenList& list) {
  const std::string origin = (folder / "tokenizer_config.json").string();
  std::map<TokenId, AddedToken> by_id;
  if (const auto decoder = config.find("added_tokens_decoder"); decoder != config.end()) {
    VFFN_CHECK(decoder->is_object(), origin, ": added_tokens_decoder is not an object");
    for (const auto& [id, value] : decoder->items()) {
      by_id[ParseTokenId(id, origin + ": added_tokens_decoder")] =
          ReadToken(value, origin, "added_tokens_decoder." + id, false);
    }
  } else {
    const fs::path path = folder / "added_tokens.json";
    const Json added = ReadSideFile(path);
    const Fields fields(added, path.string());
    for (const std::string& content : fields.Names()) {
      by_id[static_cast<TokenId>(fields.Integer(content, 0, INT32_MAX - 1))] = {.content = content};
    }
  }
  for (const auto& [id, token] : by_id) {
    list.AddWithId(token, id);
  }
}

// A file whose fields name tokens.
struct NamingFile {
  std::string origin;
  Json json;
};

void AddNamedTokens(const std::vector<NamingFile>& files, const DefaultTokens& defaults, TokenList& list) {
  for (const char* name :
       {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}) {
    const auto naming =
        std::ranges::find_if(files, [&](const NamingFile& file) { return file.json.contains(name); });
    const auto by_default = defaults.find(name);
    if (naming == files.end() && by_default != defaults.end()) {
      list.Add({.content = by_default->second, .special = true});
    } else if (naming != files.end() && !naming->json.at(name).is_null()) {
      list.Add(ReadToken(naming->json.at(name), naming->origin, name, true));
    }
  }
  for (const NamingFile& file : files) {
    for (const char* name : {"additional_special_tokens", "extra_special_tokens"}) {
      if (const auto values = file.json.find(name); values != file.json.end() && values->is_array()) {
        for (const Json& value : *values) {
          list.Add(ReadToken(value, file.origin, name, true));
        }
      }
    }
  }
}

}  // namespace

TokenizerSettings ReadTokenizerSettings(const fs::path& folder) {
  const Json tokenizer_config = ReadSideFile(folder / "tokenizer_config.json");
  const Json config = ReadSideFile(folder / "config.json");
  const Fields of_tokenizer(tokenizer_config, (folder / "tokenizer_config.json").string());
  const Fields of_model(config, (folder / "config.json").string());
  TokenizerSettings settings;
  settings.tokenizer_class =
      of_tokenizer.Get<std::string>("tokenizer_class", of_model.Get<std::string>("tokenizer_class", ""));
  if (constexpr std::string_view kFast = "Fast"; settings.tokenizer_class.ends_with(kFast)) {
    settings.tokenizer_class.resize(settings.tokenizer_class.size() - kFast.size());
  }
  settings.model_type = of_model.Get<std::string>("model_type", "");
  settings.add_prefix_space = of_tokenizer.Get<bool>("add_prefix_space", false);
  settings.prefix_only_first = !of_tokenizer.Get<bool>("legacy", true);
  return settings;
}

std::vector<AddedToken> ReadAddedTokens(const fs::path& folder, TokenId size, const FindToken& find,
                                        const DefaultTokens& defaults) {
  const fs::path path = folder / "tokenizer_config.json";
  const fs::path map = folder / "special_tokens_map.json";
  const Json config = ReadSideFile(path);
  TokenList list(size, find);
  AddNumberedTokens(folder, config, list);
  std::vector<NamingFile> files;
  if (!config.contains("added_tokens_decoder")) {
    files.push_back({map.string(), ReadSideFile(map)});
  }
  files.push_back({path.string(), config});
  AddNamedTokens(files, defaults, list);
  return list.Take();
}

}  // namespace vffn
