#include "text/special_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/base/temporary_folder.h"
#include "text/tokenizer_class.h"
#include "text/top_level_value.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TokensAround Around(const std::string& post_processor) {
  return ReadPostProcessor(Json::parse(post_processor), "tokenizer.json");
}

std::string Template(const std::string& single) {
  return R"({"type": "TemplateProcessing", "single": )" + single + R"(, "pair": [], "special_tokens": {
      "<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}, "xy": {"id": "xy", "ids": [7, 8], "tokens": ["x", "y"]}}})";
}

constexpr const char* kText = R"({"Sequence": {"id": "A", "type_id": 0}})";
constexpr const char* kBegin = R"({"SpecialToken": {"id": "<s>", "type_id": 0}})";
constexpr const char* kTwo = R"({"SpecialToken": {"id": "xy", "type_id": 0}})";

std::string List(std::initializer_list<std::string> pieces) {
  std::string list;
  for (const std::string& piece : pieces) {
    list.append(list.empty() ? "[" : ", ").append(piece);
  }
  return list + "]";
}

TEST(PostProcessor, AddsWhatTemplatesSay) {
  EXPECT_EQ(Around("null"), TokensAround());
  EXPECT_EQ(Around(R"({"type": "ByteLevel", "trim_offsets": true})"), TokensAround());
  EXPECT_EQ(Around(Template(List({kText}))), TokensAround());
  const TokensAround around = Around(Template(List({kBegin, kText, kTwo, kBegin})));
  EXPECT_THAT(around.before, ElementsAre(1));
  EXPECT_THAT(around.after, ElementsAre(7, 8, 1));
}

TEST(PostProcessor, AddsClassifierTokens) {
  for (const std::string type : {"BertProcessing", "RobertaProcessing"}) {
    const TokensAround around =
        Around(R"({"type": ")" + type + R"(", "sep": ["</s>", 2], "cls": ["<s>", 1]})");
    EXPECT_THAT(around.before, ElementsAre(1)) << type;
    EXPECT_THAT(around.after, ElementsAre(2)) << type;
  }
}

TEST(PostProcessor, AppliesTheStepsOfASequenceInOrder) {
  const auto sequence = [](std::initializer_list<std::string> steps) {
    return R"({"type": "Sequence", "processors": )" + List(steps) + "}";
  };
  const TokensAround around =
      Around(sequence({R"({"type": "ByteLevel"})", Template(List({kBegin, kText})),
                       sequence({Template(List({kTwo, kText, kTwo})), R"({"type": "ByteLevel"})"})}));
  EXPECT_THAT(around.before, ElementsAre(7, 8, 1));
  EXPECT_THAT(around.after, ElementsAre(7, 8));
}

TEST(PostProcessor, RefusesWhatItDoesNotKnow) {
  const auto message = [](const std::string& json) { return ErrorOf([&] { Around(json); }); };
  EXPECT_THAT(message(R"({"type": "Odd"})"), HasSubstr("the post-processor Odd is not supported"));
  EXPECT_THAT(message(Template(List({kBegin}))),
              HasSubstr("tokenizer.json: post_processor.single: the template has"));
  EXPECT_THAT(message(Template(List({kText, kText}))), HasSubstr("2 times"));
  EXPECT_THAT(message(Template(List({R"({"SpecialToken": {"id": "?", "type_id": 0}})", kText}))),
              HasSubstr("?"));
}

TEST(TopLevelValue, IsReadWithoutTheRest) {
  const TemporaryFolder folder;
  WriteFile(folder / "a.json",
            R"({"x": {"want": 1, "y": [{}, []]}, "want": {"a": [1, {"b": null}], "want": "c"}, "z": [)");
  EXPECT_EQ(ReadTopLevelValue(folder / "a.json", "want"),
            Json::parse(R"({"a": [1, {"b": null}], "want": "c"})"));
  WriteFile(folder / "b.json", R"({"x": 1, "want": 2.5})");
  EXPECT_EQ(ReadTopLevelValue(folder / "b.json", "want"), 2.5);
  EXPECT_TRUE(ReadTopLevelValue(folder / "b.json", "missing").is_null());
  EXPECT_THAT(ErrorOf([&] { ReadTopLevelValue(folder / "a.json", "z"); }),
              HasSubstr("a.json: not valid JSON"));
}

TEST(TokenizerClassTest, IsTheOneOfTransformers) {
  const auto name = [](const std::string& tokenizer_class, const std::string& model_type) {
    const TokenizerClass* found = FindTokenizerClass(tokenizer_class, model_type);
    return found == nullptr ? "" : std::string(found->name);
  };
  EXPECT_EQ(name("", "gpt2"), "GPT2Tokenizer");
  EXPECT_EQ(name("GPTNeoXTokenizerFast", "gpt_neox"), "GPTNeoXTokenizer");
  EXPECT_EQ(name("CodeGenTokenizer", "phi"), "CodeGenTokenizer");
  EXPECT_EQ(name("PreTrainedTokenizerFast", "gemma"), "");
  EXPECT_EQ(name("LlamaTokenizerFast", "llama"), "LlamaTokenizer");
  EXPECT_EQ(name("LlamaTokenizer", "mistral"), "");              // registered without a class of its own
  EXPECT_EQ(name("LlamaTokenizer", "qwen2"), "Qwen2Tokenizer");  // known to be published wrong
  EXPECT_EQ(name("", "llama"), "");
  EXPECT_EQ(name("", ""), "");
}

/// A byte-level tokenizer with the added tokens <s> (6) and </s> (7), and "b" as its last other token.
constexpr const char* kTokenizer = R"({"added_tokens": [
    {"id": 6, "content": "<s>", "special": true, "normalized": false},
    {"id": 7, "content": "</s>", "special": true, "normalized": false}],
  "normalizer": null, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [6], "tokens": ["<s>"]}}},
  "model": {"type": "BPE", "vocab": {"<": 0, "s": 1, ">": 2, "/": 3, "a": 4, "b": 5}, "merges": []}})";

class SpecialTokensTest : public testing::Test {
 protected:
  SpecialTokens Read(const std::map<std::string, std::string>& files) {
    const std::filesystem::path folder = folder_ / std::to_string(++count_);
    std::filesystem::create_directory(folder);
    WriteFile(folder / "tokenizer.json", kTokenizer);
    for (const auto& [name, text] : files) {
      WriteFile(folder / name, text);
    }
    const auto tokenizer = LoadTokenizerJson(folder / "tokenizer.json");
    return ReadSpecialTokens(folder / "tokenizer.json", *tokenizer);
  }

 private:
  TemporaryFolder folder_;
  int count_ = 0;
};

TEST_F(SpecialTokensTest, AreThoseOfTheTokenizersFiles) {
  const SpecialTokens special =
      Read({{"tokenizer_config.json",
             R"({"bos_token": {"__type": "AddedToken", "content": "<s>"}, "eos_token": "</s>",
         "pad_token": null, "add_bos_token": false})"}});
  EXPECT_EQ(special.bos, (SpecialToken{6, "<s>", "tokenizer_config.json: bos_token"}));
  EXPECT_EQ(special.eos, (SpecialToken{7, "</s>", "tokenizer_config.json: eos_token"}));
  EXPECT_FALSE(special.pad.has_value());
  EXPECT_FALSE(special.has_model_config);
  EXPECT_THAT(special.around.before, ElementsAre(6));  // the post-processor decides, not add_bos_token
  EXPECT_EQ(special.around_source, "tokenizer.json: post_processor");
  EXPECT_EQ(special.end_of_document(), 7);
}

TEST_F(SpecialTokensTest, OfTheTokenMapComeFirstUnlessTheTokensAreDecoded) {
  const std::string map = R"({"bos_token": {"content": "</s>", "lstrip": false}, "unk_token": "b"})";
  SpecialTokens special =
      Read({{"tokenizer_config.json", R"({"bos_token": "<s>"})"}, {"special_tokens_map.json", map}});
  EXPECT_EQ(special.bos, (SpecialToken{7, "</s>", "special_tokens_map.json: bos_token"}));
  EXPECT_EQ(special.unknown->id, 5);
  special = Read({{"tokenizer_config.json", R"({"bos_token": "<s>", "added_tokens_decoder": {}})"},
                  {"special_tokens_map.json", map}});
  EXPECT_EQ(special.bos->id, 6);
  EXPECT_FALSE(special.unknown.has_value());
}

TEST_F(SpecialTokensTest, OfTheModelAreIdsOfItsConfiguration) {
  SpecialTokens special =
      Read({{"config.json", R"({"model_type": "llama", "bos_token_id": 4, "eos_token_id": [5, 7, 99]})"},
            {"generation_config.json", R"({"bos_token_id": 1, "pad_token_id": 2})"}});
  EXPECT_EQ(special.model_bos, (SpecialToken{4, "a", "config.json: bos_token_id"}));
  ASSERT_EQ(special.model_eos.size(), 2u);
  EXPECT_EQ(special.model_eos[1].id, 7);
  EXPECT_FALSE(special.bos.has_value());
  EXPECT_TRUE(special.has_model_config);
  EXPECT_EQ(special.end_of_document(), 5);
  special = Read({{"config.json", R"({"model_type": "llama", "bos_token_id": null})"},
                  {"generation_config.json", R"({"bos_token_id": 1, "eos_token_id": 3})"}});
  EXPECT_EQ(special.model_bos->source, "generation_config.json: bos_token_id");
  EXPECT_EQ(special.model_eos[0].id, 3);
}

TEST_F(SpecialTokensTest, HaveDefaultsOfTheTokenizersClass) {
  SpecialTokens special = Read({{"config.json", R"({"model_type": "llama"})"},
                                {"tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizer"})"}});
  EXPECT_EQ(special.bos, (SpecialToken{6, "<s>", "default of LlamaTokenizer in transformers"}));
  EXPECT_EQ(special.eos->id, 7);
  EXPECT_FALSE(special.unknown.has_value());  // <unk> is not in the vocabulary
  special = Read({{"tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizer", "bos_token": null})"}});
  EXPECT_FALSE(special.bos.has_value());
}

TEST_F(SpecialTokensTest, OfGptNeoxAreNotAddedWhateverThePostProcessorSays) {
  EXPECT_THAT(Read({{"config.json", R"({"model_type": "gpt_neox"})"}}).around.before, IsEmpty());
}

TEST_F(SpecialTokensTest, NameTheFileThatIsWrong) {
  EXPECT_THAT(ErrorOf([&] {
                Read({{"tokenizer_config.json", R"({"bos_token": 5})"}});
              }),
              HasSubstr("tokenizer_config.json: bos_token"));
  EXPECT_THAT(ErrorOf([&] {
                Read({{"config.json", R"({"bos_token_id": "<s>"})"}});
              }),
              HasSubstr("config.json: bos_token_id"));
  EXPECT_THAT(ErrorOf([&] { Read({{"special_tokens_map.json", "[]"}}); }), HasSubstr("is not a JSON object"));
}

TEST(GgufSpecialTokens, AreThoseOfTheMetadata) {
  GgufVocabulary vocabulary{
      .model = "llama", .tokens = {"<unk>", "<s>", "</s>"}, .bos = 1, .eos = 2, .unknown = 0};
  SpecialTokens special = SpecialTokensOf(vocabulary);
  EXPECT_EQ(special.bos, (SpecialToken{1, "<s>", "tokenizer.ggml.bos_token_id"}));
  EXPECT_EQ(special.model_bos, special.bos);
  EXPECT_EQ(special.end_of_document(), 2);
  EXPECT_THAT(special.around.before, ElementsAre(1));
  EXPECT_THAT(special.around.after, IsEmpty());
  vocabulary.add_bos = false;
  vocabulary.add_eos = true;
  EXPECT_THAT(SpecialTokensOf(vocabulary).around.before, IsEmpty());
  EXPECT_THAT(SpecialTokensOf(vocabulary).around.after, ElementsAre(2));
  vocabulary.model = "gpt2";
  vocabulary.add_bos.reset();
  EXPECT_THAT(SpecialTokensOf(vocabulary).around.before, IsEmpty());
  vocabulary.add_bos = true;
  vocabulary.bos.reset();
  EXPECT_THAT(SpecialTokensOf(vocabulary).around.before, IsEmpty());
}

}  // namespace
}  // namespace vffn
