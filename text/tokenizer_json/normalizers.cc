#include <map>

#include "base/error.h"
#include "text/base64.h"
#include "text/tokenizer_json/parts.h"

namespace vffn {
namespace {

std::unique_ptr<const Normalizer> ReplaceStep(const Fields& fields) {
  const Fields pattern = fields.Object("pattern");
  const std::string content = fields.Get<std::string>("content");
  if (pattern.Has("Regex")) {
    return MakeRegexReplace(pattern.Get<std::string>("Regex"), content);
  }
  return MakeReplace(pattern.Get<std::string>("String"), content);
}

std::unique_ptr<const Normalizer> BertStep(const Fields& fields) {
  BertOptions options;
  options.clean_text = fields.Get("clean_text", true);
  options.handle_chinese_chars = fields.Get("handle_chinese_chars", true);
  options.lowercase = fields.Get("lowercase", true);
  options.strip_accents = fields.Get("strip_accents", options.lowercase);
  return MakeBert(options);
}

std::unique_ptr<const Normalizer> PrecompiledStep(const Fields& fields) {
  const std::optional<std::string> bytes = DecodeBase64(fields.Get<std::string>("precompiled_charsmap"));
  VFFN_CHECK(bytes, fields.Where("precompiled_charsmap"), " is not base64");
  return MakePrecompiled(*bytes);
}

using MakeStep = std::unique_ptr<const Normalizer> (*)(const Fields&);

const std::map<std::string, MakeStep>& NormalizerSteps() {
  static const std::map<std::string, MakeStep> steps = {
      {"BertNormalizer", BertStep},
      {"ByteLevel", [](const Fields&) { return MakeByteLevelNormalizer(); }},
      {"Lowercase", [](const Fields&) { return MakeLowercase(); }},
      {"NFC", [](const Fields&) { return MakeUnicodeForm(UnicodeForm::kNfc); }},
      {"NFD", [](const Fields&) { return MakeUnicodeForm(UnicodeForm::kNfd); }},
      {"NFKC", [](const Fields&) { return MakeUnicodeForm(UnicodeForm::kNfkc); }},
      {"NFKD", [](const Fields&) { return MakeUnicodeForm(UnicodeForm::kNfkd); }},
      {"Nmt", [](const Fields&) { return MakeNmt(); }},
      {"Precompiled", PrecompiledStep},
      {"Prepend", [](const Fields& fields) { return MakePrepend(fields.Get<std::string>("prepend")); }},
      {"Replace", ReplaceStep},
      {"Strip",
       [](const Fields& fields) {
         return MakeStrip(fields.Get("strip_left", true), fields.Get("strip_right", true));
       }},
      {"StripAccents", [](const Fields&) { return MakeStripAccents(); }},
  };
  return steps;
}

}  // namespace

void AddNormalizer(const Fields& fields, PipelineParts& parts) {
  const std::string type = fields.Get<std::string>("type");
  if (type == "Sequence") {
    for (const Fields& step : ObjectsOf(fields, "normalizers")) {
      AddNormalizer(step, parts);
    }
    return;
  }
  const auto step = NormalizerSteps().find(type);
  VFFN_CHECK(step != NormalizerSteps().end(), fields.Where(), ": the normalizer ", type, " is not known");
  parts.normalizers.push_back(step->second(fields));
}

}  // namespace vffn
