// The token ids of every request of the eight tasks, against Hugging Face's (golden/tokens/tasks.json).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/json.h"
#include "base/sha256.h"
#include "eval/request_encoder.h"
#include "eval/token_trie.h"
#include "tasks/data_set.h"
#include "tasks/task.h"
#include "tests/real/setup.h"
#include "tests/text/golden.h"

namespace vffn {
namespace {

void Update(Sha256& hash, const std::vector<TokenId>& ids) {
  const auto add = [&](uint32_t value) {
    const char bytes[] = {static_cast<char>(value), static_cast<char>(value >> 8),
                          static_cast<char>(value >> 16), static_cast<char>(value >> 24)};
    hash.Update({bytes, sizeof bytes});
  };
  add(static_cast<uint32_t>(ids.size()));
  for (const TokenId id : ids) {
    add(static_cast<uint32_t>(id));
  }
}

class TaskTokens : public testing::TestWithParam<const char*> {};

TEST_P(TaskTokens, AreHuggingFaces) {
  VFFN_SKIP_WITHOUT_SETUP();
  const Json golden = ReadJsonFile(std::string(VFFN_TESTS_DIR) + "/golden/tokens/tasks.json").at(GetParam());
  const auto tokenizer = OpenSetupTokenizer(GetParam());
  for (const Task& task : Tasks()) {
    SCOPED_TRACE(task.facts.name);
    Json counts = {
        {"documents", 0}, {"requests", 0}, {"query_tokens", 0}, {"scored_tokens", 0}, {"trie_tokens", 0}};
    Sha256 hash;
    for (const Doc& doc : OpenDataSet(task.facts, SetupData()).docs) {
      const RequestDoc requests = EncodeExample(task.render_olmo(doc), *tokenizer,
                                                {.max_sequence_length = std::numeric_limits<int32_t>::max()});
      for (const Request& request : requests.requests) {
        Update(hash, request.context);
        Update(hash, request.continuation);
        counts["requests"] = counts["requests"].get<int64_t>() + 1;
        counts["query_tokens"] =
            counts["query_tokens"].get<size_t>() + request.context.size() + request.continuation.size() - 1;
        counts["scored_tokens"] = counts["scored_tokens"].get<size_t>() + request.continuation.size();
      }
      counts["documents"] = counts["documents"].get<int64_t>() + 1;
      counts["trie_tokens"] = counts["trie_tokens"].get<int64_t>() + BuildTrie(requests).size();
    }
    // The file has OLMo's names.
    const auto name =
        std::ranges::find_if(task.facts.aliases, [&](auto alias) { return golden.contains(alias); });
    const Json& expected = golden.at(std::string(name == task.facts.aliases.end() ? task.facts.name : *name));
    for (const auto& [key, count] : counts.items()) {
      EXPECT_EQ(count, expected.at(key)) << key;
    }
    EXPECT_EQ(hash.Hex(), expected.at("sha256"));
  }
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, TaskTokens, testing::Values("smollm2", "dolma_v1_5"),
                         [](const auto& info) { return std::string(info.param); });

TEST(GgufTokenizer, NastyTextsHaveHuggingFacesIds) {
  VFFN_SKIP_WITHOUT_SETUP();
  const auto tokenizer = OpenSetupTokenizer("smollm2");
  EXPECT_EQ(tokenizer->info().pipeline, "smollm");
  ExpectIds(*tokenizer, ReadNastyTexts("smollm2"));
}

}  // namespace
}  // namespace vffn
