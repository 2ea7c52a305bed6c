#include "runs/prompt_origins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"

namespace vffn {
namespace {

using testing::ElementsAre;

/// Token i is the i-th of its texts.
class TextTokens : public Tokenizer {
 public:
  explicit TextTokens(std::vector<std::string> texts) : texts_(std::move(texts)) {}
  std::vector<TokenId> Encode(std::string_view) const override { Fail("not asked for"); }
  std::string TokenBytes(TokenId id) const override { return texts_.at(id); }
  int64_t vocab_size() const override { return std::ssize(texts_); }
  std::optional<TokenId> bos() const override { return std::nullopt; }
  std::optional<TokenId> eos() const override { return std::nullopt; }
  const TokenizerInfo& info() const override { return info_; }

 private:
  std::vector<std::string> texts_;
  TokenizerInfo info_;
};

/// The path of tokens 0, 1, ..., of which those from `scored` on are the continuation.
DocTrace PathOf(int32_t tokens, int32_t scored) {
  DocTrace doc{.task = "t", .doc_id = 4, .nodes_run = tokens - 1};
  doc.tokens.resize(tokens);
  std::iota(doc.tokens.begin(), doc.tokens.end(), 0);
  for (int32_t i = 0; i < tokens; ++i) {
    doc.parents.push_back(i - 1);
    doc.choices.push_back(0);
    doc.scored.push_back(i >= scored ? 1 : 0);
  }
  return doc;
}

EvaluationPlan PlanOf(const std::string& context, const std::string& continuation) {
  TaskRun task{.name = "t",
               .examples = {{.doc_id = 4, .choices = {{context, continuation}}}},
               .docs = {{{"question", "Is steam hot?"}}}};
  return {.tasks = {task}};
}

TEST(PromptOrigins, FollowsTheTokens) {
  const EvaluationPlan plan = PlanOf("Question: Is steam hot?\nAnswer:", " yes");
  for (const char* first : {"Question", " Question"}) {  // SentencePiece adds a blank
    const TextTokens tokens({first, ":", " Is st", "eam", " hot", "?\n", "Answer", ":", " yes"});
    EXPECT_THAT(PromptOrigins(plan, tokens).Of(PathOf(9, 8)),
                ElementsAre(false, false, true, true, true, true, false, false, std::nullopt));
  }
}

TEST(PromptOrigins, KnowsTokensOfContextsThatWereCut) {
  const EvaluationPlan plan = PlanOf("Question: Is steam hot?\nAnswer:", " yes");
  const TextTokens tokens({" hot", "?\n", "Answer", ":", " yes"});
  EXPECT_THAT(PromptOrigins(plan, tokens).Of(PathOf(5, 4)),
              ElementsAre(true, true, false, false, std::nullopt));
}

TEST(PromptOrigins, SaysNothingOfOtherTokens) {
  const EvaluationPlan plan = PlanOf("Question: Is steam hot?\nAnswer:", " yes");
  const TextTokens tokens({"<s>", "question", ":", " Is steam hot?\nAnswer:", " yes"});
  EXPECT_THAT(PromptOrigins(plan, tokens).Of(PathOf(5, 4)),
              ElementsAre(std::nullopt, std::nullopt, false, true, std::nullopt));
  DocTrace other = PathOf(5, 4);
  other.doc_id = 5;
  EXPECT_THAT(PromptOrigins(plan, tokens).Of(other), testing::Each(std::nullopt));
  EvaluationPlan rolling = plan;
  rolling.tasks[0].examples[0].rolling = true;
  EXPECT_THAT(PromptOrigins(rolling, tokens).Of(PathOf(5, 4)), testing::Each(std::nullopt));
}

TEST(PromptOrigins, TakesUnconditionalContextsForTheTemplate) {
  EvaluationPlan plan = PlanOf("Question: Is steam hot?\nAnswer:", " yes");
  plan.tasks[0].examples[0].unconditional = {{"Answer:", " yes"}};
  const TextTokens tokens({"Question: ", "Is steam hot?\n", "Answer:", " yes", "Answer", ":"});
  DocTrace doc = PathOf(4, 3);
  for (const int32_t token : {4, 5, 3}) {
    doc.parents.push_back(token == 4 ? -1 : static_cast<int32_t>(doc.nodes()) - 1);
    doc.tokens.push_back(token);
    doc.choices.push_back(1);
    doc.scored.push_back(token == 3 ? 1 : 0);
  }
  EXPECT_THAT(PromptOrigins(plan, tokens).Of(doc),
              ElementsAre(false, true, false, std::nullopt, false, false, std::nullopt));
}

}  // namespace
}  // namespace vffn
