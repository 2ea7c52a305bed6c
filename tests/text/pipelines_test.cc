// Tokenizers of every kind of step and model, against Hugging Face's ids.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/json.h"
#include "text/tokenizer.h"

namespace vffn {
namespace {

class Pipelines : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    golden_ = new Json(ReadJsonFile(std::string(VFFN_TESTS_DIR) + "/golden/tokens/pipelines.json"));
  }
  static void TearDownTestSuite() { delete golden_; }
  void TearDown() override { std::filesystem::remove(path_); }

  // The tokenizer.json of one entry: its base with some parts replaced.
  static Json FileOf(const Json& entry) {
    Json file = {{"version", "1.0"}};
    file["model"] = golden_->at("bases").at(entry.at("base").get<std::string>());
    for (const auto& [name, part] : entry.at("parts").items()) {
      if (name != "model") {
        file[name] = part;
        continue;
      }
      for (const auto& [option, value] : part.items()) {
        if (option == "vocab") {
          file["model"]["vocab"].update(value);
        } else {
          file["model"][option] = value;
        }
      }
    }
    return file;
  }

  std::unique_ptr<const Tokenizer> Load(const Json& file) {
    std::ofstream(path_) << file.dump();
    return LoadTokenizerJson(path_);
  }

  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("vffn_pipelines_test_" + std::to_string(getpid()) + ".json");
  static Json* golden_;
};

Json* Pipelines::golden_ = nullptr;

TEST_F(Pipelines, IdsAreHuggingFaces) {
  const Json& texts = golden_->at("texts");
  ASSERT_GE(golden_->at("tokenizers").size(), 160u);
  for (const auto& [name, entry] : golden_->at("tokenizers").items()) {
    SCOPED_TRACE(name);
    const auto tokenizer = Load(FileOf(entry));
    for (size_t i = 0; i < texts.size(); ++i) {
      EXPECT_EQ(tokenizer->Encode(texts[i].get<std::string>()),
                entry.at("ids")[i].get<std::vector<TokenId>>())
          << texts[i].dump(-1, ' ', true);
    }
  }
}

TEST_F(Pipelines, HashTellsThoseWithOtherIdsApart) {
  std::map<std::string, std::string> names;
  for (const auto& [name, entry] : golden_->at("tokenizers").items()) {
    const std::string hash = Load(FileOf(entry))->info().sha256;
    const std::string& same = names.emplace(hash, name).first->second;
    EXPECT_EQ(entry.at("ids"), golden_->at("tokenizers").at(same).at("ids")) << name << " and " << same;
  }
  EXPECT_GE(names.size(), 140u);
}

TEST_F(Pipelines, KnownOnesHaveNames) {
  const std::map<std::string, std::string> names = {{"gpt2", "gpt2"},           {"cl100k_removed", "cl100k"},
                                                    {"falcon", "falcon"},       {"deepseek3", "deepseek-v3"},
                                                    {"pattern_o200k", "o200k"}, {"pattern_bloom", "bloom"},
                                                    {"wordpiece_bert", "bert"}, {"unigram", "unigram"},
                                                    {"pattern_kimi", "custom"}};
  for (const auto& [name, pipeline] : names) {
    EXPECT_EQ(Load(FileOf(golden_->at("tokenizers").at(name)))->info().pipeline, pipeline) << name;
  }
}

TEST_F(Pipelines, TokensSpellBytesWhateverFollows) {
  const auto tokenizer = Load(FileOf(golden_->at("tokenizers").at("falcon")));
  std::string spelled;
  for (const TokenId id : tokenizer->Encode("Hello \u4e2d\u6587, 12345 x")) {
    spelled += tokenizer->TokenBytes(id);
  }
  EXPECT_EQ(spelled, "Hello \u4e2d\u6587, 12345 x");
}

TEST_F(Pipelines, AnAddedTokenThatTheNormalizerEmptiesIsRefused) {
  Json file = FileOf(golden_->at("tokenizers").at("normalizer_strip"));
  file["added_tokens"] = {{{"id", 420}, {"content", "\n"}, {"normalized", true}}};
  EXPECT_THAT([&] { Load(file); }, testing::ThrowsMessage<std::exception>(
                                       testing::HasSubstr("leaves nothing of the added token")));
}

}  // namespace
}  // namespace vffn
