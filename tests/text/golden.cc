#include "tests/text/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/json.h"

namespace vffn {
namespace {

const std::string kFolder = std::string(VFFN_TESTS_DIR) + "/golden/tokens/";

}  // namespace

std::vector<GoldenText> ReadNastyTexts(const std::string& column) {
  std::ifstream file(kFolder + "nasty.jsonl");
  std::vector<GoldenText> golden;
  for (std::string line; std::getline(file, line);) {
    const Json row = ParseJson(line, "nasty.jsonl");
    golden.push_back({row.at("text").get<std::string>(), row.at(column).get<std::vector<TokenId>>()});
  }
  EXPECT_FALSE(golden.empty());
  return golden;
}

std::vector<GoldenText> ReadSyntheticTexts(const std::string& tokenizer) {
  const Json file = ReadJsonFile(kFolder + "synthetic/ids.json");
  std::vector<GoldenText> golden;
  for (size_t i = 0; i < file.at("texts").size(); ++i) {
    golden.push_back(
        {file["texts"][i].get<std::string>(), file.at(tokenizer)[i].get<std::vector<TokenId>>()});
  }
  EXPECT_FALSE(golden.empty());
  return golden;
}

std::string SyntheticPath(const std::string& tokenizer) {
  return kFolder + "synthetic/" + tokenizer + ".json";
}

void ExpectIds(const Tokenizer& tokenizer, const std::vector<GoldenText>& golden) {
  for (const GoldenText& expected : golden) {
    EXPECT_THAT(tokenizer.Encode(expected.text), testing::ElementsAreArray(expected.ids))
        << tokenizer.info().pipeline << ": " << Json(expected.text).dump(-1, ' ', true);
  }
}

}  // namespace vffn
