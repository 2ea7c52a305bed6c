#include "tasks/data_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/data_files.h"
#include "tasks/data_set.h"
#include "tests/tasks/message_of.h"
#include "tests/tasks/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(DataFileName, TellsShards) {
  const auto parse = [](const char* name) { return ParseDataFileName(name).value(); };
  EXPECT_EQ(parse("validation-00001-of-00002.parquet").stem, "validation");
  EXPECT_EQ(parse("validation-00001-of-00002.parquet").shard, 1);
  EXPECT_EQ(parse("validation-00001-of-00002.parquet").shards, 2);
  EXPECT_EQ(parse("test-00000-of-00001-4f7d3a9c0e1b2d5f.parquet").stem, "test");
  EXPECT_EQ(parse("test-00000-of-00001-4f7d3a9c0e1b2d5f.parquet").shards, 1);
  EXPECT_EQ(parse("0003.parquet").shard, 3);
  EXPECT_EQ(parse("0003.parquet").stem, "");
  EXPECT_EQ(parse("0003.parquet").shards, std::nullopt);
  EXPECT_EQ(parse("piqa-validation.arrow").stem, "piqa-validation");
  EXPECT_EQ(parse("piqa-2024.jsonl.gz").stem, "piqa-2024");
  EXPECT_EQ(parse("piqa-2024.jsonl.gz").shard, std::nullopt);
  EXPECT_FALSE(ParseDataFileName("cache-12ab.arrow").has_value());
  EXPECT_FALSE(ParseDataFileName("README.md").has_value());
}

TEST(SplitOfStem, ReadsWordsAsTheHubDoes) {
  for (const char* stem :
       {"validation", "valid", "dev", "val", "piqa-validation", "dev_rand_split", "x.val"}) {
    EXPECT_EQ(SplitOfStem(stem), "validation") << stem;
  }
  for (const char* stem : {"train", "piqa_train", "train_xl"}) {
    EXPECT_EQ(SplitOfStem(stem), "train") << stem;
  }
  EXPECT_EQ(SplitOfStem("test"), "test");
  for (const char* stem : {"any", "", "developer", "contest", "data", "training_free"}) {
    EXPECT_EQ(SplitOfStem(stem), std::string(stem) == "training_free" ? "train" : "") << stem;
  }
}

/// A folder of data sets in which every file has records of PIQA's shape.
struct Layout : testing::Test {
  const TemporaryFolder folder;

  static std::string Records(int count, int first = 0) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += R"({"goal": "g)" + std::to_string(first + i) +
              R"(", "sol1": "a", "sol2": "b", "label": 0})"
              "\n";
    }
    return text;
  }

  void Put(const char* name, int count = 2, int first = 0) const {
    folder.Write(name, Records(count, first));
  }

  DataSet Open(const char* task, const char* below = "") const {
    return OpenDataSet(FindTask(task).facts, folder.path() / below);
  }
  std::string Message(const char* task, const char* below = "") const {
    return MessageOf([&] { Open(task, below); });
  }
};

TEST_F(Layout, FindsWhatTheHubHas) {
  const std::pair<const char*, const char*> cases[] = {
      {"piqa", "piqa/plain_text/validation-00000-of-00001.jsonl"},
      {"piqa", "ybisk/piqa/plain_text/validation/validation.jsonl"},
      {"piqa", "piqa-validation.jsonl"},
      {"piqa",
       "ybisk___piqa/plain_text/1.1.0/6c611c1a9bf220943c4174e117d3b660859665baf1d43156230116185312d011/"
       "piqa-validation.jsonl"},
      {"hellaswag", "Rowan/hellaswag/data/validation-00000-of-00001.jsonl"},
      {"hellaswag", "hellaswag/default/validation-00000-of-00001.jsonl"},
      {"openbookqa", "openbookqa/main/validation-00000-of-00001.jsonl"},
      {"openbookqa", "allenai/openbookqa/main/validation-00000-of-00001.jsonl"},
      {"sciq", "allenai/sciq/data/validation-00000-of-00001-5a2f4d8e1b3c6a79.jsonl"},
      {"arc_easy", "ai2_arc/ARC-Easy/validation-00000-of-00001.jsonl"},
      {"arc_challenge", "allenai/ai2_arc/ARC-Challenge/validation-00000-of-00001.jsonl"},
      {"arc_challenge", "allenai__ai2_arc/data/ARC-Challenge/validation.jsonl"},
      {"arc_easy", "arc_easy/validation.jsonl"},
      {"commonsense_qa", "tau/commonsense_qa/data/validation-00000-of-00001.jsonl"},
      {"commonsense_qa", "csqa/dev.jsonl"},
      {"winogrande", "allenai/winogrande/winogrande_xl/validation-00000-of-00001.jsonl"},
      {"winogrande", "winogrande/winogrande_xl/valid.jsonl"},
      {"arc_easy", "datasets--allenai--ai2_arc/snapshots/210d026/ARC-Easy/validation-00000-of-00001.jsonl"},
      {"boolq", "google/boolq/data/validation-00000-of-00001.jsonl"},
      {"social_iqa", "allenai/social_i_qa/default/validation.jsonl"},
      {"copa", "super_glue/copa/validation-00000-of-00001.jsonl"},
      {"commitment_bank", "cb.jsonl"},
      {"mrpc", "nyu-mll/glue/mrpc/validation-00000-of-00001.jsonl"},
      {"sst2", "datasets--nyu-mll--glue/snapshots/abc/sst2/validation-00000-of-00001.jsonl"},
      {"basic_arithmetic", "allenai/basic_arithmetic/data/validation.jsonl"},
      {"trivia_qa_wiki_ppl", "mandarjoshi/trivia_qa/rc.wikipedia.nocontext/validation-00000-of-00001.jsonl"},
      {"natural_qs_open_ppl", "google-research-datasets/nq_open/nq_open/validation-00000-of-00001.jsonl"},
      {"arc_easy_ppl", "ai2_arc/ARC-Easy/validation-00000-of-00001.jsonl"},
      {"sciq", "hub/datasets--allenai--sciq/snapshots/abc/data/validation-00000-of-00001.jsonl"},
  };
  for (const auto& [task, name] : cases) {
    const TemporaryFolder data;
    const fs::path file = data.Write(name, Records(2));
    if (file.string().find("___") != std::string::npos) {  // the cache of `datasets`
      data.Write(fs::path(name).parent_path() / "dataset_info.json",
                 R"({"splits": {"validation": {"num_examples": 2}}})");
    }
    EXPECT_EQ(OpenDataSet(FindTask(task).facts, data.path()).docs.size(), 2U) << name;
  }
}

// Tasks of GLUE share a folder.
TEST_F(Layout, KeepsTasksOfOneDataSetApart) {
  Put("glue/mrpc/validation.jsonl", 3);
  Put("glue/rte/validation.jsonl", 4);
  Put("glue/sst2/validation.jsonl", 5);
  EXPECT_EQ(Open("mrpc").docs.size(), 3U);
  EXPECT_EQ(Open("rte").docs.size(), 4U);
  EXPECT_EQ(Open("sst2").docs.size(), 5U);
}

TEST_F(Layout, KeepsConfigurationsApart) {
  Put("ai2_arc/ARC-Easy/validation-00000-of-00001.jsonl", 3);
  Put("ai2_arc/ARC-Challenge/validation-00000-of-00001.jsonl", 4);
  Put("openbookqa/main/validation-00000-of-00001.jsonl", 2);
  Put("openbookqa/additional/validation-00000-of-00001.jsonl", 5);
  Put("winogrande/winogrande_xs/validation-00000-of-00001.jsonl", 5);
  Put("winogrande/winogrande_xl/validation-00000-of-00001.jsonl", 6);
  EXPECT_EQ(Open("arc_easy").docs.size(), 3U);
  EXPECT_EQ(Open("arc_challenge").docs.size(), 4U);
  EXPECT_EQ(Open("openbookqa").docs.size(), 2U);
  EXPECT_EQ(Open("winogrande").docs.size(), 6U);
  // Of a data set with several tasks, a file at the top belongs to none of them.
  Put("allenai/ai2_arc/validation.jsonl", 7);
  EXPECT_EQ(Open("arc_easy").docs.size(), 3U);
}

TEST_F(Layout, ReadsADataSetThatIsNamedItself) {
  Put("ai2_arc/ARC-Easy/validation-00000-of-00001.jsonl", 3);
  Put("openbookqa/main/validation.jsonl", 2);
  Put("datasets--allenai--sciq/snapshots/abc/data/validation.jsonl", 4);
  EXPECT_EQ(Open("arc_easy", "ai2_arc").docs.size(), 3U);
  EXPECT_EQ(Open("openbookqa", "openbookqa/").docs.size(), 2U);
  EXPECT_EQ(Open("sciq", "datasets--allenai--sciq/snapshots/abc").docs.size(), 4U);
  EXPECT_THAT(Message("piqa", "openbookqa"), HasSubstr("no data for task piqa"));
}

TEST_F(Layout, LetsRefsChooseTheSnapshot) {
  const std::string cache = "datasets--allenai--ai2_arc/";
  Put((cache + "snapshots/aaa/ARC-Easy/validation-00000-of-00001.jsonl").c_str(), 3);
  Put((cache + "snapshots/bbb/ARC-Easy/validation-00000-of-00001.jsonl").c_str(), 4);
  EXPECT_THAT(Message("arc_easy"),
              AllOf(HasSubstr("more than one source"), HasSubstr("aaa"), HasSubstr("bbb")));
  folder.Write(cache + "refs/main", "bbb\n");
  EXPECT_EQ(Open("arc_easy").docs.size(), 4U);
  // The snapshot of main has a README only: the data are in the converted branch.
  fs::remove_all(folder.path() / cache / "snapshots/bbb/ARC-Easy");
  folder.Write(cache + "snapshots/bbb/README.md", "# Card\n");
  EXPECT_EQ(Open("arc_easy").docs.size(), 3U);
}

TEST_F(Layout, FollowsLinksAndCountsFilesOnce) {
  folder.Write("datasets--ybisk--piqa/blobs/0123abcd", Records(2));
  const fs::path snapshot = folder.path() / "datasets--ybisk--piqa/snapshots/abc/plain_text";
  fs::create_directories(snapshot);
  fs::create_symlink("../../../blobs/0123abcd", snapshot / "validation-00000-of-00001.jsonl");
  EXPECT_EQ(Open("piqa").docs.size(), 2U);
  // The same folder under a second name.
  fs::create_directory_symlink(snapshot, folder.path() / "piqa");
  EXPECT_EQ(Open("piqa").docs.size(), 2U);
}

TEST_F(Layout, IsOneSourceOrRefused) {
  Put("piqa/validation.jsonl");
  Put("piqa/validation-00000-of-00001.jsonl");
  EXPECT_THAT(Message("piqa"),
              AllOf(HasSubstr("more than one source of data for task piqa; leave one of"),
                    HasSubstr("piqa/validation.jsonl"), HasSubstr("validation-00000-of-00001.jsonl")));
  fs::remove(folder.path() / "piqa/validation.jsonl");
  Put("piqa/dev.jsonl");
  EXPECT_THAT(Message("piqa"), HasSubstr("more than one source"));
  fs::remove(folder.path() / "piqa/dev.jsonl");
  Put("piqa/plain_text/validation.jsonl");
  EXPECT_THAT(Message("piqa"), HasSubstr("more than one source"));
}

TEST_F(Layout, NeedsEveryShardOnce) {
  Put("piqa/validation-00002-of-00003.jsonl", 1, 20);
  Put("piqa/validation-00000-of-00003.jsonl", 2, 0);
  EXPECT_THAT(Message("piqa"), AllOf(HasSubstr("not whole: of 3 shards"), HasSubstr("missing: 1")));
  Put("piqa/validation-00001-of-00003.jsonl", 3, 10);
  const DataSet whole = Open("piqa");
  std::vector<std::string> goals;
  for (const Doc& doc : whole.docs) {
    goals.push_back(doc.String("goal"));
  }
  EXPECT_THAT(goals, ElementsAre("g0", "g1", "g10", "g11", "g12", "g20"));
  Put("piqa/validation-00001-of-00003-0123456789abcdef.jsonl", 3, 10);
  EXPECT_THAT(Message("piqa"), HasSubstr("shard 1 of 3 is there twice"));
  fs::remove(folder.path() / "piqa/validation-00001-of-00003-0123456789abcdef.jsonl");
  Put("piqa/validation-00003-of-00003.jsonl");
  EXPECT_THAT(Message("piqa"), HasSubstr("is shard 3 of 3; they are numbered from 0"));
  fs::remove(folder.path() / "piqa/validation-00003-of-00003.jsonl");
  Put("piqa/validation-00000-of-00001.jsonl");
  EXPECT_THAT(Message("piqa"), HasSubstr("more than one source"));
}

TEST_F(Layout, MatchesTheRowsThatTheMetadataState) {
  Put("ai2_arc/ARC-Easy/validation-00000-of-00001.jsonl", 3);
  const auto readme = [](int easy, int challenge) {
    return "---\nlanguage:\n- en\ndataset_info:\n- config_name: ARC-Challenge\n  features:\n  - name: "
           "validation\n"
           "    dtype: string\n  splits:\n  - name: train\n    num_bytes: 1\n    num_examples: 1119\n"
           "  - name: validation\n    num_bytes: 96660\n    num_examples: " +
           std::to_string(challenge) +
           "\n- config_name: ARC-Easy\n  splits:\n  - name: validation\n    num_bytes: 9\n    "
           "num_examples: " +
           std::to_string(easy) +
           "\n  download_size: 7\nconfigs:\n- config_name: ARC-Easy\n---\n# Card\n"
           "num_examples: 5\n";
  };
  folder.Write("ai2_arc/README.md", readme(3, 299));
  EXPECT_EQ(Open("arc_easy").docs.size(), 3U);
  folder.Write("ai2_arc/README.md", readme(570, 299));
  EXPECT_THAT(Message("arc_easy"),
              AllOf(HasSubstr("has 3 records, but"), HasSubstr("README.md says 570"), HasSubstr("--limit")));
  EXPECT_EQ(OpenDataSet(FindTask("arc_easy").facts, folder.path(), Completeness::kPart).docs.size(), 3U);
}

TEST_F(Layout, ReadsEveryKindOfMetadata) {
  const auto message = [&](const char* task, const char* data, const char* name, const std::string& text) {
    const TemporaryFolder other;
    other.Write(data, Records(2));
    other.Write(name, text);
    return MessageOf([&] { OpenDataSet(FindTask(task).facts, other.path()); });
  };
  const char* sciq = "allenai/sciq/data/validation-00000-of-00001.jsonl";
  const std::string alone =
      "---\ndataset_info:\n  features:\n  - name: question\n  splits:\n  - name: 'validation'\n    "
      "num_examples: 1000\n---\n";
  EXPECT_THAT(message("sciq", sciq, "allenai/sciq/README.md", alone), HasSubstr("README.md says 1000"));
  EXPECT_EQ(message("sciq", sciq, "allenai/sciq/README.md", "# No YAML\nnum_examples: 1000\n"), "");
  EXPECT_EQ(message("sciq", sciq, "allenai/sciq/README.md", "---\nlicense: mit\n---\n"), "");
  EXPECT_EQ(message("sciq", sciq, "README.md", alone), "");  // not of this data set
  const char* obqa = "openbookqa/main/validation.jsonl";
  EXPECT_THAT(message("openbookqa", obqa, "openbookqa/dataset_infos.json",
                      R"({"main": {"splits": {"validation": {"num_examples": 500}}},
                          "additional": {"splits": {"validation": {"num_examples": 2}}}})"),
              HasSubstr("dataset_infos.json says 500"));
  EXPECT_EQ(message("openbookqa", obqa, "openbookqa/dataset_infos.json",
                    R"({"main": {"splits": {"validation": {"num_examples": 2}}}, "x": {"splits": null}})"),
            "");
  EXPECT_THAT(message("openbookqa", obqa, "openbookqa/main/dataset_info.json",
                      R"({"config_name": "main", "splits": {"validation": {"num_examples": 500}}})"),
              HasSubstr("dataset_info.json says 500"));
  EXPECT_THAT(message("openbookqa", obqa, "openbookqa/main/dataset_info.json", "{"),
              HasSubstr("dataset_info.json: not valid JSON at line 1, column 2"));
}

TEST(SizeNote, ComparesWithThePublishedSplit) {
  EXPECT_EQ(SizeNote("piqa", 1838), std::nullopt);
  EXPECT_EQ(SizeNote("piqa", 6).value(),
            "piqa: the data have 6 docs, the published validation split has 1838");
  EXPECT_EQ(SizeNote("mmlu_stem_var", 2247), std::nullopt);  // 321 questions, seven prompts of each
  EXPECT_EQ(SizeNote("oe:x", 6), std::nullopt);
}

#ifdef VFFN_WITH_ARROW

TEST_F(Layout, ReadsConvertedAndUnnamedParquet) {
  const std::string bytes = Bytes(fs::path(VFFN_TESTS_DIR) / "testdata/tasks/arc_challenge.parquet");
  folder.Write("ai2_arc/ARC-Challenge/validation/0000.parquet", bytes);
  folder.Write("ai2_arc/ARC-Challenge/train/0000.parquet", "not even Parquet");
  EXPECT_EQ(Open("arc_challenge").docs.size(), 5U);
  folder.Write("ai2_arc/ARC-Challenge/validation/0001.parquet", bytes);
  EXPECT_EQ(Open("arc_challenge").docs.size(), 10U);
  folder.Write("ai2_arc/ARC-Challenge/validation/0003.parquet", bytes);
  EXPECT_THAT(Message("arc_challenge"), HasSubstr("missing: 2"));
  fs::remove_all(folder.path() / "ai2_arc");
  folder.Write("arc_challenge/a.parquet", bytes);
  EXPECT_EQ(Open("arc_challenge").docs.size(), 5U);
  folder.Write("arc_challenge/b.parquet", bytes);
  EXPECT_THAT(Message("arc_challenge"), AllOf(HasSubstr("more than one source"), HasSubstr("a.parquet")));
}

#endif

}  // namespace
}  // namespace vffn
