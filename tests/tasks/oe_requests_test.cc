#include "tasks/oe_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "tasks/request_files.h"
#include "tasks/task.h"
#include "tests/tasks/message_of.h"
#include "tests/tasks/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

Json Request(int64_t doc_id, int64_t index, const Json& label, const char* continuation = " c",
             const char* type = "loglikelihood") {
  return {{"request_type", type},
          {"doc", {{"of", doc_id}}},
          {"request", {{"context", doc_id < 1000000 ? "Q:" : "A:"}, {"continuation", continuation}}},
          {"idx", index},
          {"doc_id", doc_id},
          {"label", label}};
}

struct OeRequests : testing::Test {
  const TemporaryFolder folder;

  OeTask Read(const std::vector<Json>& requests, std::optional<OeKind> kind = std::nullopt) const {
    std::string text;
    for (const Json& request : requests) {
      text += request.dump() + "\n";
    }
    return ReadOeRequests(folder.Write("task/variant/requests.jsonl", text).parent_path(), kind);
  }

  std::string Message(const std::vector<Json>& requests, OeKind kind = OeKind::kMultipleChoice) const {
    return MessageOf([&] { Read(requests, kind); });
  }
};

TEST_F(OeRequests, AreGroupedByDoc) {
  folder.Write("task/variant/config.json",
               R"({"task_config": {"primary_metric": "acc_per_char", "num_shots": 3, "split": "test"}})");
  const OeTask task =
      Read({Request(4, 0, 1, " a"), Request(9, 0, 0, " x"), Request(4, 1, 1, " b"),
            Request(1000004, 0, 1, " a"), Request(9, 1, 0, " y"), Request(1000004, 1, 1, " b")});
  EXPECT_EQ(task.name, "task/variant");
  EXPECT_EQ(task.kind, OeKind::kMultipleChoice);
  EXPECT_EQ(task.metric, "len_norm");
  EXPECT_EQ(task.split, "test");
  EXPECT_EQ(task.shots, 3);
  ASSERT_EQ(task.examples.size(), 2u);
  EXPECT_THAT(task.docs, ElementsAre(Json{{"of", 4}}, Json{{"of", 9}}));
  EXPECT_EQ(task.examples[0].doc_id, 4);
  EXPECT_EQ(task.examples[0].gold, 1);
  EXPECT_THAT(task.examples[0].choices, ElementsAre(Choice{"Q:", " a"}, Choice{"Q:", " b"}));
  EXPECT_THAT(task.examples[0].unconditional, ElementsAre(Choice{"A:", " a"}, Choice{"A:", " b"}));
  EXPECT_TRUE(task.examples[1].unconditional.empty());
  EXPECT_EQ(task.examples[1].doc_id, 9);
  EXPECT_THAT(task.examples[1].choices, ElementsAre(Choice{"Q:", " x"}, Choice{"Q:", " y"}));
}

TEST_F(OeRequests, GoldOnlyKeepsTheRightChoice) {
  const std::vector<Json> requests = {Request(0, 0, 1, " a"),
                                      Request(0, 1, 1, " b"),
                                      Request(1, 0, nullptr, " c"),
                                      Request(2, 0, "text", " d"),
                                      Request(3, 0, Json::array({"e"}), " e"),
                                      Request(4, 0, "text", " f", "generate_until_and_loglikelihood")};
  const OeTask task = Read(requests, OeKind::kGoldOnly);
  std::vector<std::string> continuations;
  for (const Example& example : task.examples) {
    EXPECT_EQ(example.gold, 0);
    ASSERT_EQ(example.choices.size(), 1u);
    continuations.push_back(example.choices[0].continuation);
  }
  EXPECT_THAT(continuations, ElementsAre(" b", " c", " d", " e", " f"));
}

TEST_F(OeRequests, RefusesWhatIsNotMultipleChoice) {
  EXPECT_THAT(Message({Request(0, 0, "text")}), HasSubstr("requests.jsonl:1 (byte 0): label is no index"));
  EXPECT_THAT(Message({Request(0, 0, nullptr)}), HasSubstr("gold continuations (for bits per byte)"));
  EXPECT_THAT(Message({Request(0, 0, 0, " a", "generate_until")}),
              HasSubstr("request_type is generate_until"));
  EXPECT_THAT(Message({Request(0, 0, 0, " a", "generate_until_and_loglikelihood")}),
              HasSubstr("request_type"));
  EXPECT_THAT(Message({Request(0, 0, 0, " a", "generate_until")}, OeKind::kGoldOnly),
              HasSubstr("request_type"));
}

TEST_F(OeRequests, RefusesInconsistentDocs) {
  EXPECT_THAT(Message({Request(0, 1, 0)}), HasSubstr("idx is 1, but the next choice of doc 0 is number 0"));
  EXPECT_THAT(Message({Request(0, 0, 0), Request(0, 0, 0)}), HasSubstr("requests.jsonl:2"));
  EXPECT_THAT(Message({Request(0, 0, 0), Request(0, 1, 1)}), HasSubstr("label is 1, but it was 0"));
  EXPECT_THAT(Message({Request(0, 0, 2), Request(0, 1, 2)}),
              HasSubstr("doc 0: the label 2 is not the index of one of"));
  EXPECT_THAT(Message({Request(0, 0, -1)}), HasSubstr("the label -1"));
  EXPECT_THAT(Message({Request(0, 0, 5000000000)}), HasSubstr("label is out of range: 5000000000"));
  EXPECT_THAT(Message({Request(0, 0, 0, "")}), HasSubstr("request.continuation is empty"));
  EXPECT_THAT(Message({Request(0, 0, 1)}, OeKind::kGoldOnly),
              HasSubstr("doc 0 has no request for its right answer"));
  EXPECT_THAT(Message({Request(0, 0, "a"), Request(0, 1, "a")}, OeKind::kGoldOnly),
              HasSubstr("was there already"));
  EXPECT_THAT(Message({{{"doc_id", 0}}}), HasSubstr("request_type is missing"));
  EXPECT_THAT(Message({}), HasSubstr("has no requests"));
}

TEST_F(OeRequests, RefusesUnconditionalRequestsWithoutTheirChoice) {
  EXPECT_THAT(Message({Request(0, 0, 0), Request(0, 1, 0), Request(1000000, 0, 0)}),
              HasSubstr("doc 0 has 2 choices, but 1 unconditional requests (doc_id 1000000)"));
  EXPECT_THAT(Message({Request(0, 0, 0), Request(1000003, 0, 0)}),
              HasSubstr("(doc_id 1000003), but no doc 3"));
  EXPECT_THAT(Message({Request(0, 0, 0, " a"), Request(1000000, 0, 0, " b")}),
              HasSubstr("doc 0: the unconditional request 0 has another continuation than choice 0"));
  EXPECT_THAT(Message({Request(-1, 0, 0)}), HasSubstr("requests.jsonl:1 (byte 0): doc_id is -1"));
  EXPECT_THAT(Message({Request(0, 0, 0), Request(1000000, 1, 0)}),
              HasSubstr("idx is 1, but the next unconditional request of doc 0 is number 0"));
}

TEST_F(OeRequests, TellTheirKind) {
  EXPECT_EQ(Read({Request(0, 0, 0), Request(0, 1, 0)}).kind, OeKind::kMultipleChoice);
  EXPECT_EQ(Read({Request(0, 0, "text")}).kind, OeKind::kGoldOnly);
  EXPECT_EQ(Read({Request(0, 0, nullptr, " a", "generate_until_and_loglikelihood")}).kind, OeKind::kGoldOnly);
  EXPECT_THAT(MessageOf([&] {
                Read({Request(0, 0, 0), Request(1, 0, "text")});
              }),
              HasSubstr("requests.jsonl:2"));
}

TEST_F(OeRequests, AreOpenedByName) {
  folder.Write("oe_eval_tasks/task/variant/requests.jsonl", Request(0, 0, 0).dump());
  EXPECT_EQ(OpenOeTask("task/variant", folder.path()).examples.size(), 1u);
  EXPECT_EQ(
      OpenOeTask((folder.path() / "oe_eval_tasks/task/variant/requests.jsonl").string(), "").examples.size(),
      1u);
  EXPECT_THAT(MessageOf([&] { OpenOeTask("other", folder.path()); }),
              HasSubstr(folder.path().string() + "/oe_eval_tasks/other"));
  EXPECT_THAT(MessageOf([&] { OpenOeTask("task", folder.path()); }), HasSubstr("holds no requests.jsonl.gz"));
}

/// What request_files.json says of a file.
void ExpectFacts(const RequestFileFacts& facts, const OeTask& task) {
  EXPECT_EQ(task.name, facts.name);
  EXPECT_EQ(task.kind == OeKind::kGoldOnly, facts.gold_only());
  EXPECT_EQ(static_cast<int64_t>(task.examples.size()), facts.docs);
  EXPECT_EQ(task.docs.size(), task.examples.size());
  EXPECT_EQ(task.shots, facts.shots);
  EXPECT_EQ(task.split, facts.split);
  int64_t requests = 0, unconditional = 0, fewest = 100, most = 0;
  for (const Example& example : task.examples) {
    const auto count = static_cast<int64_t>(example.choices.size());
    requests += count;
    unconditional += static_cast<int64_t>(example.unconditional.size());
    fewest = std::min(fewest, count);
    most = std::max(most, count);
  }
  EXPECT_EQ(requests, facts.requests);
  EXPECT_EQ(unconditional, facts.unconditional);
  EXPECT_EQ(fewest, facts.fewest_choices);
  EXPECT_EQ(most, facts.most_choices);
  if (!facts.gold_only()) {
    EXPECT_EQ(task.metric, facts.config_metric);
    EXPECT_NEAR(ChanceLevel(task.examples), facts.chance.value(), 5e-7);  // it has six decimals
  }
}

TEST(RealOeRequests, AreAsTheTableOfFactsSays) {
  const fs::path folder = fs::path(VFFN_SETUP_DIR) / "data/oe_eval_tasks";
  if (!fs::is_directory(folder)) {
    GTEST_SKIP() << "no request files in " << folder << "; run `make setup`";
  }
  std::set<std::string> known;
  for (const RequestFileFacts& facts : RequestFiles()) {
    SCOPED_TRACE(facts.name);
    ExpectFacts(facts, ReadOeRequests(folder / facts.name));
    known.insert((folder / facts.name / "requests.jsonl.gz").string());
  }
  EXPECT_EQ(known.size(), 116U);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    EXPECT_TRUE(entry.is_directory() || entry.path().filename() == "config.json" ||
                known.contains(entry.path().string()))
        << entry.path();
  }
}

}  // namespace
}  // namespace vffn
