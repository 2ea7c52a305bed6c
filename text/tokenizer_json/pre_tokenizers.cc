#include <map>

#include "base/error.h"
#include "text/character_sets.h"
#include "text/tokenizer_json/parts.h"
#include "text/utf8.h"

namespace vffn {
namespace {

Delimiter BehaviorOf(const Fields& fields, const std::string& otherwise) {
  const std::map<std::string, Delimiter> behaviors = {{"Removed", Delimiter::kRemoved},
                                                      {"Isolated", Delimiter::kIsolated},
                                                      {"MergedWithPrevious", Delimiter::kWithPrevious},
                                                      {"MergedWithNext", Delimiter::kWithNext},
                                                      {"Contiguous", Delimiter::kContiguous}};
  const std::string name = fields.Get<std::string>("behavior", otherwise);
  const auto behavior = behaviors.find(name);
  VFFN_CHECK(behavior != behaviors.end(), fields.Where("behavior"), " \"", name, "\" is not known");
  return behavior->second;
}

std::string OneCharacter(const Fields& fields, std::string_view name) {
  const std::string text = fields.Get<std::string>(name);
  VFFN_CHECK(CountCodePoints(text) == 1, fields.Where(name), " is \"", text, "\", not one character");
  return text;
}

void AddSplit(const Fields& fields, PipelineParts& parts) {
  const Fields pattern = fields.Object("pattern");
  const Cut cut{BehaviorOf(fields, "Isolated"), fields.Get("invert", false)};
  if (pattern.Has("Regex")) {
    parts.splitters.push_back(MakePatternSplitter(pattern.Get<std::string>("Regex"), cut));
  } else {
    parts.splitters.push_back(MakeLiteralSplitter(pattern.Get<std::string>("String"), cut));
  }
}

void AddMetaspace(const Fields& fields, PipelineParts& parts) {
  const std::map<std::string, PrependScheme> schemes = {
      {"always", PrependScheme::kAlways}, {"first", PrependScheme::kFirst}, {"never", PrependScheme::kNever}};
  const std::string replacement = OneCharacter(fields, "replacement");
  const std::string name = fields.Get<std::string>("prepend_scheme", "always");
  const auto scheme = schemes.find(name);
  VFFN_CHECK(scheme != schemes.end(), fields.Where("prepend_scheme"), " \"", name, "\" is not known");
  VFFN_CHECK(fields.Get("add_prefix_space", true) || scheme->second == PrependScheme::kNever, fields.Where(),
             ": add_prefix_space is false, but prepend_scheme is \"", name, "\"");
  parts.splitters.push_back(MakeMetaspace(replacement, scheme->second));
  if (fields.Get("split", true)) {
    parts.splitters.push_back(MakeLiteralSplitter(replacement, {Delimiter::kWithNext}));
  }
}

void AddByteLevel(const Fields& fields, PipelineParts& parts) {
  if (fields.Get("add_prefix_space", true)) {
    parts.splitters.push_back(MakePrefixer(" "));
  }
  if (fields.Get("use_regex", true)) {
    parts.splitters.push_back(MakePatternSplitter(kGpt2Pattern));
  }
  parts.splitters.push_back(MakeByteCharacters());
}

void AddPunctuation(const Fields& fields, PipelineParts& parts) {
  parts.splitters.push_back(
      MakeSetSplitter(RustPunctuationSet(), {BehaviorOf(fields, "Isolated")}, "Punctuation"));
}

void AddWhitespaceSplit(const Fields& /*fields*/, PipelineParts& parts) {
  parts.splitters.push_back(MakeSetSplitter(WhitespaceSet(), {Delimiter::kRemoved}, "WhitespaceSplit"));
}

void AddBert(const Fields& fields, PipelineParts& parts) {
  AddWhitespaceSplit(fields, parts);
  parts.splitters.push_back(MakeSetSplitter(RustPunctuationSet(), {Delimiter::kIsolated}, "Punctuation"));
}

using AddStep = void (*)(const Fields&, PipelineParts&);

const std::map<std::string, AddStep>& PreTokenizerSteps() {
  static const std::map<std::string, AddStep> steps = {
      {"BertPreTokenizer", AddBert},
      {"ByteLevel", AddByteLevel},
      {"CharDelimiterSplit",
       [](const Fields& fields, PipelineParts& parts) {
         parts.splitters.push_back(
             MakeLiteralSplitter(OneCharacter(fields, "delimiter"), {Delimiter::kRemoved}));
       }},
      {"Digits",
       [](const Fields& fields, PipelineParts& parts) {
         parts.splitters.push_back(MakeDigitSplitter(fields.Get("individual_digits", false)));
       }},
      {"FixedLength",
       [](const Fields& fields, PipelineParts& parts) {
         const int64_t length = fields.Has("length") ? fields.Integer("length", 1) : 5;
         parts.splitters.push_back(MakeFixedLengthSplitter(static_cast<size_t>(length)));
       }},
      {"Metaspace", AddMetaspace},
      {"Punctuation", AddPunctuation},
      {"Split", AddSplit},
      {"UnicodeScripts",
       [](const Fields&, PipelineParts& parts) { parts.splitters.push_back(MakeScriptSplitter()); }},
      {"Whitespace",
       [](const Fields&, PipelineParts& parts) { parts.splitters.push_back(MakeWhitespaceSplitter()); }},
      {"WhitespaceSplit", AddWhitespaceSplit},
  };
  return steps;
}

}  // namespace

void AddPreTokenizer(const Fields& fields, PipelineParts& parts) {
  const std::string type = fields.Get<std::string>("type");
  if (type == "Sequence") {
    for (const Fields& step : ObjectsOf(fields, "pretokenizers")) {
      AddPreTokenizer(step, parts);
    }
    return;
  }
  const auto step = PreTokenizerSteps().find(type);
  VFFN_CHECK(step != PreTokenizerSteps().end(), fields.Where(), ": the pre_tokenizer ", type,
             " is not known");
  step->second(fields, parts);
}

}  // namespace vffn
