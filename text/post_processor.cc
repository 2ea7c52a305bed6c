#include "text/post_processor.h"

#include <algorithm>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

/// The ids of a token that a template names: tokenizers takes them from the template's own table.
std::vector<TokenId> TemplateIds(const Fields& processor, const std::string& token) {
  return processor.Object("special_tokens").Object(token).Get<std::vector<TokenId>>("ids");
}

TokensAround ReadTemplate(const Fields& processor) {
  TokensAround around;
  int64_t texts = 0;
  const Json& pieces = processor.Require("single");
  for (const Json* piece : ToElements(pieces, processor.PlaceOf("single"))) {
    const Fields fields(*piece, processor.Where("single"));
    if (fields.Has("Sequence")) {
      texts += fields.Object("Sequence").Get<std::string>("id") == "A";
      continue;
    }
    const std::vector<TokenId> ids =
        TemplateIds(processor, fields.Object("SpecialToken").Get<std::string>("id"));
    std::vector<TokenId>& side = texts == 0 ? around.before : around.after;
    side.insert(side.end(), ids.begin(), ids.end());
  }
  VFFN_CHECK(texts == 1, processor.Where("single"), ": the template has the text (Sequence A) ", texts,
             " times; only templates with the text once are supported");
  return around;
}

/// BERT's and RoBERTa's: "cls" before the text, "sep" after it, each written as [token, id].
TokensAround ReadClassifier(const Fields& processor) {
  TokensAround around;
  for (const auto& [name, side] : {std::pair("cls", &around.before), std::pair("sep", &around.after)}) {
    const std::vector<const Json*> pair = ToElements(processor.Require(name), processor.PlaceOf(name));
    VFFN_CHECK(pair.size() == 2, processor.Where(name), " has ", pair.size(),
               " values, not a token and its id");
    side->push_back(ConvertJson<TokenId>(*pair[1], processor.PlaceOf(name)));
  }
  return around;
}

}  // namespace

TokensAround ReadPostProcessor(const Json& json, const std::string& origin) {
  if (json.is_null()) {
    return {};
  }
  const Fields processor(json, origin, "post_processor");
  const auto type = processor.Get<std::string>("type");
  if (type == "ByteLevel") {
    return {};
  }
  if (type == "TemplateProcessing") {
    return ReadTemplate(processor);
  }
  if (type == "BertProcessing" || type == "RobertaProcessing") {
    return ReadClassifier(processor);
  }
  VFFN_CHECK(type == "Sequence", processor.Where("type"), ": the post-processor ", type, " is not supported");
  TokensAround around;  // each step works on what the steps before it made
  for (const Json* step : ToElements(processor.Require("processors"), processor.PlaceOf("processors"))) {
    const TokensAround outer = ReadPostProcessor(*step, origin);
    around.before.insert(around.before.begin(), outer.before.begin(), outer.before.end());
    around.after.insert(around.after.end(), outer.after.begin(), outer.after.end());
  }
  return around;
}

}  // namespace vffn
