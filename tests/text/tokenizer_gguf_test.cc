// GGUF metadata are built from the synthetic tokenizer.json files, whose ids Hugging Face gave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "base/error.h"
#include "base/json.h"
#include "tests/text/golden.h"
#include "text/gguf_pre_tokenizer.h"

namespace vffn {
namespace {

GgufVocabulary FromJson(const std::string& name, const std::string& model, const std::string& pre) {
  const Json file = ReadJsonFile(SyntheticPath(name));
  GgufVocabulary vocabulary;
  vocabulary.origin = "test.gguf";
  vocabulary.model = model;
  vocabulary.pre = pre;
  std::map<TokenId, std::string> tokens;
  for (const auto& [token, id] : file["model"]["vocab"].items()) {
    tokens[id.get<TokenId>()] = token;
  }
  for (const Json& token : file["added_tokens"]) {
    tokens[token["id"].get<TokenId>()] = token["content"].get<std::string>();
  }
  for (const auto& [id, token] : tokens) {
    EXPECT_EQ(id, vocabulary.tokens.size());
    vocabulary.tokens.push_back(token);
    const bool is_byte = model == "llama" && token.starts_with("<0x") && token.size() == 6;
    vocabulary.token_types.push_back(is_byte ? 6 : 1);
  }
  for (const Json& token : file["added_tokens"]) {
    vocabulary.token_types[token["id"].get<size_t>()] = token["content"] == "<unk>"    ? 2
                                                        : token["special"].get<bool>() ? 3
                                                                                       : 4;
  }
  for (const Json& merge : file["model"]["merges"]) {
    vocabulary.merges.push_back(merge[0].get<std::string>() + " " + merge[1].get<std::string>());
  }
  return vocabulary;
}

// A SentencePiece model has no merges; here the earlier of two pieces has the better score.
GgufVocabulary SentencePiece(const std::string& name) {
  GgufVocabulary vocabulary = FromJson(name, "llama", "default");
  vocabulary.merges.clear();
  for (size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    vocabulary.scores.push_back(-static_cast<float>(id));
  }
  return vocabulary;
}

std::string MessageFor(const GgufVocabulary& vocabulary, GgufPipeline pipeline = GgufPipeline::kOwn) {
  try {
    MakeGgufTokenizer(vocabulary, pipeline);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(GgufTokenizer, PreTokenizersStandForPipelines) {
  for (const auto& [pre, name] :
       {std::pair("gpt-2", "gpt2"), std::pair("smollm", "smollm"), std::pair("llama-bpe", "llama3"),
        std::pair("qwen2", "qwen2"), std::pair("starcoder", "smollm")}) {
    const auto tokenizer = MakeGgufTokenizer(FromJson(name, "gpt2", pre));
    EXPECT_EQ(tokenizer->info().pipeline, name);
    EXPECT_EQ(tokenizer->info().source, "gguf");
    ExpectIds(*tokenizer, ReadSyntheticTexts(name));
  }
  EXPECT_EQ(MakeGgufTokenizer(FromJson("gpt2", "gpt2", "olmo"))->info().pipeline, "gpt-neox");
}

TEST(GgufTokenizer, EveryNameHasSteps) {
  const GgufVocabulary vocabulary = FromJson("gpt2", "gpt2", "");
  std::istringstream names(GgufPreTokenizerNames());
  int count = 0;
  for (std::string name; std::getline(names >> std::ws, name, ',');) {
    GgufVocabulary named = vocabulary;
    named.pre = name;
    const auto tokenizer = MakeGgufTokenizer(named);
    std::string bytes;
    for (const TokenId id : tokenizer->Encode("It's 1234 caf\u00e9s,\n\t\u4e2d\u6587 \u00bd!")) {
      bytes += tokenizer->TokenBytes(id);
    }
    EXPECT_EQ(bytes, "It's 1234 caf\u00e9s,\n\t\u4e2d\u6587 \u00bd!") << name;
    ++count;
  }
  EXPECT_GT(count, 80);
}

TEST(GgufTokenizer, AMissingNameIsLlamaCppsDefault) {
  const auto missing = MakeGgufTokenizer(FromJson("gpt2", "gpt2", ""));
  EXPECT_EQ(missing->info().sha256, MakeGgufTokenizer(FromJson("gpt2", "gpt2", "default"))->info().sha256);
  EXPECT_NE(missing->info().sha256, MakeGgufTokenizer(FromJson("gpt2", "gpt2", "gpt-2"))->info().sha256);
}

TEST(GgufTokenizer, SentencePieceByScores) {
  ExpectIds(*MakeGgufTokenizer(SentencePiece("llama2")), ReadSyntheticTexts("llama2"));
  GgufVocabulary gemma = SentencePiece("gemma");
  gemma.add_space_prefix = false;
  ExpectIds(*MakeGgufTokenizer(gemma), ReadSyntheticTexts("gemma"));
}

TEST(GgufTokenizer, EqualScoresMergeFromTheLeft) {
  GgufVocabulary vocabulary;
  vocabulary.model = "llama";
  vocabulary.tokens = {"<unk>", "a", "b", "c", "ab", "bc"};
  vocabulary.token_types = {2, 1, 1, 1, 1, 1};
  vocabulary.scores = {0, -9, -9, -9, -1, -1};
  vocabulary.add_space_prefix = false;
  EXPECT_THAT(MakeGgufTokenizer(vocabulary)->Encode("abcbc"), testing::ElementsAre(4, 3, 5));
  vocabulary.scores[5] = -0.5;
  EXPECT_THAT(MakeGgufTokenizer(vocabulary)->Encode("abcbc"), testing::ElementsAre(1, 5, 5));
}

TEST(GgufTokenizer, TransformersPipelineLosesSteps) {
  const auto smollm = MakeGgufTokenizer(FromJson("smollm", "gpt2", "smollm"), GgufPipeline::kTransformers);
  EXPECT_EQ(smollm->info().pipeline, "gpt2");
  const auto qwen2 = MakeGgufTokenizer(FromJson("qwen2", "gpt2", "qwen2"), GgufPipeline::kTransformers);
  EXPECT_NE(qwen2->Encode("e\u0301"), qwen2->Encode("\u00e9"));  // no NFC
  const auto llama3 = MakeGgufTokenizer(FromJson("llama3", "gpt2", "llama-bpe"), GgufPipeline::kTransformers);
  EXPECT_GT(llama3->Encode("helloworld").size(), 1u);  // no ignore_merges
  EXPECT_EQ(MakeGgufTokenizer(FromJson("llama3", "gpt2", "llama-bpe"))->Encode("helloworld").size(), 1u);
  EXPECT_THAT(MessageFor(SentencePiece("llama2"), GgufPipeline::kTransformers),
              testing::HasSubstr("\"gpt2\" only"));
}

TEST(GgufTokenizer, RefusesByName) {
  using testing::HasSubstr;
  EXPECT_THAT(MessageFor(FromJson("gpt2", "gpt2", "nosuch")),
              HasSubstr("test.gguf: tokenizer.ggml.pre is \"nosuch\", which is not supported"));
  for (const char* model : {"t5", "bert", "gemma4", "rwkv", "plamo2"}) {
    EXPECT_THAT(MessageFor(FromJson("gpt2", model, "")),
                HasSubstr(std::string("tokenizer.ggml.model is \"") + model));
  }
}

TEST(GgufTokenizer, TheUnknownTokenIsFoundInText) {
  const auto tokenizer = MakeGgufTokenizer(SentencePiece("llama2"));
  EXPECT_THAT(tokenizer->Encode("<unk>"), testing::ElementsAre(0));
}

TEST(GgufTokenizer, BosAndEosAreFoundInTextWhateverTheirTypes) {
  GgufVocabulary vocabulary = FromJson("gpt2", "gpt2", "gpt-2");
  vocabulary.token_types.clear();
  vocabulary.eos = static_cast<TokenId>(vocabulary.tokens.size());
  vocabulary.tokens.push_back("<|end|>");
  EXPECT_THAT(MakeGgufTokenizer(vocabulary)->Encode("<|end|>"), testing::ElementsAre(*vocabulary.eos));
}

TEST(GgufTokenizer, SentencePieceHasNoPreTokenizer) {
  GgufVocabulary vocabulary = SentencePiece("llama2");
  vocabulary.pre = "gpt-2";
  ExpectIds(*MakeGgufTokenizer(vocabulary), ReadSyntheticTexts("llama2"));
}

TEST(GgufTokenizer, BosIsAddedAsLlamaCppDoes) {
  GgufVocabulary vocabulary = FromJson("llama3", "gpt2", "llama-bpe");
  EXPECT_TRUE(AddsBos(vocabulary));
  vocabulary.add_bos = false;
  EXPECT_FALSE(AddsBos(vocabulary));
  EXPECT_FALSE(AddsBos(FromJson("gpt2", "gpt2", "qwen2")));
  EXPECT_FALSE(AddsBos(FromJson("gpt2", "gpt2", "")));
  EXPECT_TRUE(AddsBos(SentencePiece("llama2")));
}

TEST(GgufTokenizer, RefusesDamage) {
  using testing::HasSubstr;
  const GgufVocabulary good = FromJson("gpt2", "gpt2", "gpt-2");
  GgufVocabulary bad = good;
  bad.merges[7] = "a b c";
  EXPECT_THAT(MessageFor(bad), HasSubstr("tokenizer.ggml.merges[7] is \"a b c\", not two tokens"));
  bad = good;
  bad.merges[7] = "a nosuchtoken";
  EXPECT_THAT(MessageFor(bad), HasSubstr("merges[7] is \"a nosuchtoken\": a part of it"));
  bad = good;
  bad.merges.clear();
  EXPECT_THAT(MessageFor(bad), HasSubstr("tokenizer.ggml.merges is missing"));
  bad = good;
  bad.token_types.pop_back();
  EXPECT_THAT(MessageFor(bad), HasSubstr("tokenizer.ggml.token_type has"));
  bad = good;
  bad.tokens[5] = "\xFF";
  EXPECT_THAT(MessageFor(bad), HasSubstr("tokenizer.ggml.tokens[5] is not valid UTF-8"));
  bad = good;
  bad.eos = 1 << 20;
  EXPECT_THAT(MessageFor(bad), HasSubstr("tokenizer.ggml.eos_token_id is 1048576, outside"));
  bad.tokens.clear();
  EXPECT_THAT(MessageFor(bad), HasSubstr("tokenizer.ggml.tokens is missing"));
  bad = SentencePiece("llama2");
  bad.scores.clear();
  EXPECT_THAT(MessageFor(bad), HasSubstr("tokenizer.ggml.scores is missing"));
}

}  // namespace
}  // namespace vffn
