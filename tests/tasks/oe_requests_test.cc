#include "tasks/oe_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
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
          {"doc", Json::object()},
          {"request", {{"context", "Q:"}, {"continuation", continuation}}},
          {"idx", index},
          {"doc_id", doc_id},
          {"label", label}};
}

struct OeRequests : testing::Test {
  const TemporaryFolder folder;

  OeTask Read(const std::vector<Json>& requests, OeKind kind = OeKind::kMultipleChoice) const {
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
  folder.Write("task/variant/config.json", R"({"task_config": {"primary_metric": "acc_per_char"}})");
  const OeTask task = Read({Request(4, 0, 1, " a"), Request(9, 0, 0, " x"), Request(4, 1, 1, " b"),
                            Request(1000004, 0, 1), Request(9, 1, 0, " y")});
  EXPECT_EQ(task.name, "task/variant");
  EXPECT_EQ(task.metric, "len_norm");
  EXPECT_EQ(task.unconditional, 1);
  ASSERT_EQ(task.examples.size(), 2u);
  EXPECT_EQ(task.examples[0].doc_id, 4);
  EXPECT_EQ(task.examples[0].gold, 1);
  EXPECT_THAT(task.examples[0].choices, ElementsAre(Choice{"Q:", " a"}, Choice{"Q:", " b"}));
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

/// Every request file of the package: multiple choice loads as such, the others are refused by name and load
/// as gold continuations.
TEST(RealOeRequests, AllLoad) {
  const fs::path folder = fs::path(VFFN_SETUP_DIR) / "data/oe_eval_tasks";
  if (!fs::is_directory(folder)) {
    GTEST_SKIP() << "no request files in " << folder << "; run `make setup`";
  }
  int multiple_choice = 0, gold_only = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename() != "requests.jsonl.gz") {
      continue;
    }
    const std::string message = MessageOf([&] {
      const OeTask task = ReadOeRequests(entry.path());
      for (const Example& example : task.examples) {
        EXPECT_GE(example.choices.size(), 2u) << task.name;
      }
    });
    if (message.empty()) {
      ++multiple_choice;
      continue;
    }
    EXPECT_THAT(message,
                testing::AllOf(testing::StartsWith(entry.path().string() + ":1 (byte 0)"),
                               testing::AnyOf(HasSubstr("gold continuations"), HasSubstr("request_type"))));
    EXPECT_GT(ReadOeRequests(entry.path(), OeKind::kGoldOnly).examples.size(), 0u);
    ++gold_only;
  }
  EXPECT_EQ(multiple_choice, 80);
  EXPECT_EQ(gold_only, 36);
}

TEST(RealOeRequests, HaveTheirCounts) {
  const fs::path data_dir = fs::path(VFFN_SETUP_DIR) / "data";
  if (!fs::is_directory(data_dir / "oe_eval_tasks")) {
    GTEST_SKIP() << "no request files in " << data_dir << "; run `make setup`";
  }
  const OeTask task = OpenOeTask("arc_challenge/rc_0shot", data_dir);
  EXPECT_EQ(task.name, "arc_challenge/rc_0shot");
  EXPECT_EQ(task.examples.size(), 299u);
  EXPECT_EQ(task.unconditional, 1194);
  EXPECT_EQ(task.metric, "len_norm");
}

}  // namespace
}  // namespace vffn
