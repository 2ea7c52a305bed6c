#include "reports/comparison/task_clusters.h"

#include <gtest/gtest.h>

#include "tasks/data_set.h"
#include "tasks/task.h"

namespace vffn {
namespace {

std::vector<Doc> Docs(const char* records) {
  std::vector<Doc> docs;
  for (const Json& record : Json::parse(records)) {
    docs.emplace_back(record, static_cast<int64_t>(docs.size()), "f");
  }
  return docs;
}

std::vector<int64_t> Ids(const char* task, const char* records) {
  return ClustersOf(task, Docs(records))->ids;
}

TEST(TaskClusters, OfSciQShareASupport) {
  EXPECT_EQ(Ids("sciq", R"([{"support":"a"},{"support":""},{"support":"a"},{"support":""},{"support":" "}])"),
            (std::vector<int64_t>{0, 1, 0, 3, 4}));
}

TEST(TaskClusters, OfWinoGrandeAreTwins) {
  EXPECT_EQ(Ids("winogrande", R"([
    {"sentence":"Sarah was a much better surgeon than Maria so _ always got the easier cases.",
     "option1":"Sarah","option2":"Maria"},
    {"sentence":"Sarah baked bread for Maria because _ was hungry.","option1":"Sarah","option2":"Maria"},
    {"sentence":"Sarah was a much better surgeon than Maria so _ always got the harder cases.",
     "option1":"Maria","option2":"Sarah"}])"),
            (std::vector<int64_t>{0, 1, 0}));
  EXPECT_EQ(Ids("winogrande", R"([{"qID":"AB-1"},{"qID":"AC-1"},{"qID":"AB-2"}])"),
            (std::vector<int64_t>{0, 1, 0}));
}

TEST(TaskClusters, OfHellaSwagShareASource) {
  const auto clusters =
      ClustersOf("hellaswag", Docs(R"([{"source_id":"a"},{"source_id":"b"},{"source_id":"a"}])"));
  EXPECT_EQ(clusters->ids, (std::vector<int64_t>{0, 1, 0}));
  EXPECT_EQ(clusters->count, 2);
}

TEST(TaskClusters, OfBoolQAndSocialIqaShareATextThatIsAskedAbout) {
  EXPECT_EQ(Ids("boolq", R"([{"passage":"a"},{"passage":"b"},{"passage":"a"}])"),
            (std::vector<int64_t>{0, 1, 0}));
  EXPECT_EQ(Ids("social_iqa", R"([{"context":"a"},{"context":"a"}])"), (std::vector<int64_t>{0, 0}));
}

TEST(TaskClusters, OfSeveralPromptsAreOfOneQuestion) {
  const std::vector<int64_t> ids = {0, 6, 7, 13, 14};
  const auto clusters = ClustersOfPrompts("mmlu_stem_var", ids);
  EXPECT_EQ(clusters->ids, (std::vector<int64_t>{0, 0, 1, 1, 2}));
  EXPECT_EQ(clusters->count, 3);
  EXPECT_FALSE(ClustersOfPrompts("mmlu_stem", ids).has_value());
  EXPECT_FALSE(ClustersOfPrompts("oe:x", ids).has_value());
}

TEST(TaskClusters, OfOtherTasksAreNone) {
  EXPECT_FALSE(ClustersOf("piqa", {}).has_value());
  EXPECT_FALSE(ClustersOf("sciq", Docs(R"([{"question":"q"}])")).has_value());
  EXPECT_EQ(ClusterField("sciq"), "support");
  EXPECT_EQ(ClusterField("piqa"), "");
}

// Counted in Python from the same files.
TEST(TaskClusters, OfTheRealDataAreThese) {
  const std::string data = std::string(VFFN_SETUP_DIR) + "/data";
  if (!std::filesystem::is_directory(data + "/hf_datasets")) {
    GTEST_SKIP() << data << " is missing; run `make setup`";
  }
  const auto count = [&](const char* task) {
    return ClustersOf(task, OpenDataSet(FindTask(task).facts, data).docs)->count;
  };
  EXPECT_EQ(count("sciq"), 1000);
  EXPECT_EQ(count("hellaswag"), 8407);
  EXPECT_EQ(count("winogrande"), 983);
  EXPECT_EQ(count("boolq"), 2938);
  EXPECT_EQ(count("social_iqa"), 1930);
}

}  // namespace
}  // namespace vffn
