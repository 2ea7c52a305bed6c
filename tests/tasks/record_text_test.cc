#include "tasks/record_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace vffn {
namespace {

/// Letters stand for the origins of a context's words: r of the record, p of the prompt, - unknown.
std::string Origins(const std::string& context, const Json& record) {
  const std::vector<TextOrigin> bytes = OriginsOf(context, record);
  EXPECT_EQ(bytes.size(), context.size());
  std::string words;
  for (size_t i = 0; i < context.size(); ++i) {
    if (context[i] != ' ' && context[i] != '\n' &&
        (i == 0 || context[i - 1] == ' ' || context[i - 1] == '\n')) {
      words += bytes[i] == TextOrigin::kRecord ? 'r' : bytes[i] == TextOrigin::kPrompt ? 'p' : '-';
    }
  }
  return words;
}

TEST(RecordText, LeavesOutTheTemplate) {
  const Json record = {{"id", "Mercury_7"},
                       {"answerKey", "B"},
                       {"question", "Which question did Juan answer?"},
                       {"choices", {{"text", {"No.", "The ramp."}}, {"label", {"A", "B"}}}}};
  EXPECT_EQ(Origins("Question: Which question did Juan answer?\nAnswer:", record), "prrrrrp");
  EXPECT_EQ(Origins("Answer:", record), "-");  // nothing of the record
}

TEST(RecordText, FindsTextThatThePromptChanges) {
  // WinoGrande: the sentence up to its blank, and an option.
  const Json winogrande = {{"sentence", "The trophy does not fit into the case because the _ is large."},
                           {"option1", "trophy"},
                           {"option2", "case"}};
  EXPECT_EQ(Origins("The trophy does not fit into the case because the trophy", winogrande), "rrrrrrrrrrr");
  // HellaSwag: in capitals, without "[header]".
  const Json hellaswag = {
      {"activity_label", "Cooking"}, {"ctx_a", "A man [header] cuts an onion."}, {"ctx_b", "he"}};
  EXPECT_EQ(Origins("Cooking: A man cuts an onion. He", hellaswag), "rrrrrrr");
}

TEST(RecordText, TakesTheLastOccurrence) {
  const Json record = {{"question", "What is hot?"}, {"answer", "fire"}};
  EXPECT_EQ(Origins("Q: What is hot?\nA: fire\n\nQ: What is hot?\nA:", record), "ppppprprrrp");
}

TEST(RecordText, ReadsRequestFiles) {
  const std::string solved = "Question: Is ice cold?\nAnswer: yes\n\n";
  const std::string query = "Question: Is steam very hot?\nAnswer:";
  EXPECT_EQ(Origins(solved + query, {{"query", query}, {"question", "Is steam very hot?"}, {"gold", 0}}),
            "ppppppprrrrp");
  // The prompt's text is there only together with its template.
  EXPECT_EQ(Origins(solved + query, {{"query", query}, {"choices", {"yes", "no"}}}), "pppppp------");
}

TEST(RecordText, IsUnknownWhereNothingIsFound) {
  EXPECT_EQ(Origins("Question: Why?\nAnswer:", Json::object()), "---");
  EXPECT_EQ(Origins("Question: Why? \xFF", {{"q", "Why?"}}), "---");
  EXPECT_EQ(Origins("", {{"q", "Why?"}}), "");
}

TEST(RecordText, SeparatesWordsThatHaveNoBlanksBetweenThem) {
  const std::vector<TextOrigin> origins = OriginsOf("問題：水は何か", {{"q", "水は何か"}});
  EXPECT_EQ(origins.front(), TextOrigin::kPrompt);
  EXPECT_EQ(origins.back(), TextOrigin::kRecord);
}

}  // namespace
}  // namespace vffn
