#include "tasks/data_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "tests/tasks/message_of.h"
#include "tests/tasks/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

const fs::path kRecords = fs::path(VFFN_TESTS_DIR) / "testdata/tasks";
const TaskFacts& kFacts = FindTask("arc_challenge").facts;

std::string HashOf(const std::string& bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Hex();
}

std::string Jsonl() { return Bytes(kRecords / "arc_challenge.jsonl"); }

/// Opens the one source in `folder` and compares its records with the JSONL file's.
DataSet ExpectTheRecords(const fs::path& folder) {
  const DataSet expected = ReadDataSet(kRecords / "arc_challenge.jsonl");
  DataSet actual = OpenDataSet(kFacts, folder);
  EXPECT_EQ(actual.docs.size(), expected.docs.size());
  for (size_t i = 0; i < std::min(actual.docs.size(), expected.docs.size()); ++i) {
    EXPECT_EQ(actual.docs[i].doc_id(), static_cast<int64_t>(i));
    for (const char* field : {"question", "choices", "answerKey"}) {
      EXPECT_EQ(actual.docs[i].fields()[field], expected.docs[i].fields()[field]);
    }
  }
  return actual;
}

TEST(OpenDataSet, ReadsJsonlInAllItsPlaces) {
  for (const char* name : {"arc_challenge.jsonl", "arc_challenge/validation.jsonl"}) {
    const TemporaryFolder folder;
    const fs::path file = folder.Write(name, Jsonl());
    const DataSet data_set = ExpectTheRecords(folder.path());
    EXPECT_EQ(data_set.origin, file.string());
    EXPECT_EQ(data_set.sha256, HashOf(Jsonl()));
    EXPECT_THAT(data_set.docs[1].origin(), HasSubstr(file.string() + ":2 (byte "));
  }
}

TEST(OpenDataSet, SkipsBlankLinesAndNumbersOnlyRecords) {
  const TemporaryFolder folder;
  std::string text = "\n" + Jsonl() + " \t\r\n\n";
  text.insert(text.find('\n', 1) + 1, "\r\n");
  folder.Write("arc_challenge.jsonl", text);
  const DataSet data_set = ExpectTheRecords(folder.path());
  EXPECT_THAT(data_set.docs[1].origin(), HasSubstr("arc_challenge.jsonl:4 (byte "));
}

TEST(OpenDataSet, ReadsPythonsNotANumberAsNull) {
  const TemporaryFolder folder;
  folder.Write("piqa.jsonl",
               R"({"goal": "g", "sol1": "a", "sol2": "b", "label": 1, "extra": NaN, "x": -Infinity})");
  const DataSet data_set = OpenDataSet(FindTask("piqa").facts, folder.path());
  EXPECT_TRUE(data_set.docs[0].fields()["extra"].is_null());
  EXPECT_EQ(FindTask("piqa").render_olmo(data_set.docs[0]).gold, 1);
  folder.Write("piqa.jsonl", R"({"goal": NaN, "sol1": "a", "sol2": "b", "label": 1})");
  const DataSet needed = OpenDataSet(FindTask("piqa").facts, folder.path());
  EXPECT_THAT(MessageOf([&] { FindTask("piqa").render_olmo(needed.docs[0]); }), HasSubstr("goal is missing"));
}

TEST(OpenDataSet, FindsAliases) {
  const TemporaryFolder folder;
  folder.Write("csqa.jsonl", Bytes(kRecords / "commonsense_qa.jsonl"));
  EXPECT_EQ(OpenDataSet(FindTask("commonsense_qa").facts, folder.path()).docs.size(), 4u);
}

#ifdef VFFN_WITH_ARROW

/// Copies a file or a folder.
void Copy(const fs::path& from, const fs::path& to) {
  fs::create_directories(to.parent_path());
  fs::copy(from, to, fs::copy_options::recursive);
}

TEST(OpenDataSet, ReadsSavedFoldersInAllTheirPlaces) {
  for (const char* name : {"hf_datasets/ai2_arc/ARC-Challenge/validation", "ai2_arc/ARC-Challenge/validation",
                           "arc_challenge", "arc_challenge/validation"}) {
    const TemporaryFolder folder;
    Copy(kRecords / "arc_challenge_saved", folder.path() / name);
    const DataSet data_set = ExpectTheRecords(folder.path());
    EXPECT_EQ(data_set.sha256, HashOf(Bytes(folder.path() / name / "data-00000-of-00002.arrow") +
                                      Bytes(folder.path() / name / "data-00001-of-00002.arrow")));
    EXPECT_THAT(data_set.docs[3].origin(), EndsWith("data-00001-of-00002.arrow: row 0"));
  }
}

TEST(OpenDataSet, ReadsParquetInAllItsPlaces) {
  for (const char* name :
       {"arc_challenge.parquet", "arc_challenge/any.parquet", "arc_challenge/validation.parquet",
        "arc_challenge/data/validation-00000-of-00001.parquet"}) {
    const TemporaryFolder folder;
    Copy(kRecords / "arc_challenge.parquet", folder.path() / name);
    const DataSet data_set = ExpectTheRecords(folder.path());
    EXPECT_EQ(data_set.sha256, HashOf(Bytes(kRecords / "arc_challenge.parquet")));
  }
}

TEST(OpenDataSet, LeavesOtherSplitsAlone) {
  const TemporaryFolder folder;
  folder.Write("arc_challenge/train-00000-of-00001.parquet", "not even Parquet");
  folder.Write("arc_challenge/test.parquet", "not even Parquet");
  EXPECT_THAT(MessageOf([&] { OpenDataSet(kFacts, folder.path()); }),
              HasSubstr("no data for task arc_challenge"));
  Copy(kRecords / "arc_challenge.parquet", folder.path() / "arc_challenge/validation-00000-of-00001.parquet");
  ExpectTheRecords(folder.path());
}

TEST(OpenDataSet, JoinsParquetShardsInOrder) {
  const TemporaryFolder folder;
  Copy(kRecords / "arc_challenge.parquet", folder.path() / "arc_challenge/validation-00001-of-00002.parquet");
  Copy(kRecords / "arc_challenge.parquet", folder.path() / "arc_challenge/validation-00000-of-00002.parquet");
  const DataSet data_set = OpenDataSet(kFacts, folder.path());
  ASSERT_EQ(data_set.docs.size(), 10u);
  EXPECT_EQ(data_set.docs[7].doc_id(), 7);
  EXPECT_THAT(data_set.docs[7].origin(), EndsWith("validation-00001-of-00002.parquet: row 2"));
}

#else

TEST(OpenDataSet, SaysThatItWasBuiltWithoutArrow) {
  EXPECT_THAT(MessageOf([] { ReadDataSet(kRecords / "arc_challenge_saved"); }),
              HasSubstr("built without Arrow"));
  EXPECT_THAT(MessageOf([] { ReadDataSet(kRecords / "arc_challenge.parquet"); }),
              HasSubstr("built without Arrow"));
}

#endif

TEST(OpenDataSet, NamesEveryPlaceWhenThereIsNothing) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "openbookqa");
  const std::string message = MessageOf([&] { OpenDataSet(FindTask("openbookqa").facts, folder.path()); });
  for (const char* place :
       {"/hf_datasets/openbookqa/main/validation/state.json", "/openbookqa/main/validation/state.json",
        "/openbookqa.jsonl", "/openbookqa.jsonl.gz", "/openbookqa.parquet", "/openbook_qa/", "/openbookqa/",
        "/openbookqa/data/*", "/openbookqa/validation/*", "/openbookqa/main/*", "/allenai/openbookqa/",
        "/datasets--allenai--openbookqa/snapshots"}) {
    EXPECT_THAT(message, HasSubstr(folder.path().string() + place));
  }
  EXPECT_THAT(MessageOf([&] { OpenDataSet(kFacts, folder.path() / "absent"); }),
              HasSubstr("is not a folder"));
}

TEST(OpenDataSet, RefusesToChoose) {
  const TemporaryFolder folder;
  folder.Write("arc_challenge.jsonl", Jsonl());
  folder.Write("arc_challenge/validation.jsonl", Jsonl());
  EXPECT_THAT(MessageOf([&] { OpenDataSet(kFacts, folder.path()); }),
              AllOf(HasSubstr("more than one source of data for task arc_challenge"),
                    HasSubstr("/arc_challenge.jsonl"), HasSubstr("/arc_challenge/validation.jsonl")));
}

TEST(ReadDataSet, NamesLineAndByteOfBadJsonl) {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& text) {
    const fs::path file = folder.Write("bad.jsonl", text);
    return MessageOf([&] { ReadDataSet(file); });
  };
  EXPECT_THAT(message("{\"a\": 1}\n{\"a\": }\n"),
              HasSubstr("/bad.jsonl:2 (byte 9): not valid JSON at column 7: a value is expected"));
  EXPECT_THAT(message("{\"a\": \"\xff\"}\n"),
              HasSubstr("/bad.jsonl:1 (byte 0): not valid JSON at column 8: a text that is not UTF-8"));
  EXPECT_THAT(message("\n{\"a\": 1}\n\r\n{\"a\": }\n"),
              HasSubstr("/bad.jsonl:4 (byte 12): not valid JSON at column 7"));
  EXPECT_THAT(message("{\"a\": 1}\n[]\n"),
              HasSubstr("/bad.jsonl:2 (byte 9): a record must be a JSON object"));
  EXPECT_THAT(message(""), HasSubstr("/bad.jsonl: has no records"));
}

TEST(ReadDataSet, RefusesBadStates) {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& state) {
    folder.Write("state.json", state);
    return MessageOf([&] { ReadDataSet(folder.path()); });
  };
  EXPECT_THAT(MessageOf([&] { ReadDataSet(folder.path()); }), HasSubstr("without a state.json"));
  EXPECT_THAT(message("{"), HasSubstr("state.json: not valid JSON"));
  EXPECT_THAT(message("[]"), HasSubstr("should be a JSON object"));
  EXPECT_THAT(message("{}"), HasSubstr("_data_files is missing"));
  EXPECT_THAT(message(R"({"_data_files": []})"), HasSubstr("names no shards"));
  EXPECT_THAT(message(R"({"_data_files": [{"file": 1}]})"), HasSubstr("filename is missing"));
  EXPECT_THAT(message(R"({"_data_files": [{"filename": "../a.arrow"}]})"),
              HasSubstr("\"../a.arrow\" is not the name"));
  EXPECT_THAT(message(R"({"_data_files": [{"filename": "a.arrow"}]})"),
              HasSubstr("a.arrow: cannot be opened"));
  EXPECT_THAT(message(R"({"_data_files": [{"filename": "a.arrow"}], "_indices_data_files": [{}]})"),
              HasSubstr("saved with an indices mapping"));
}

TEST(ReadDataSet, NeedsEveryShardOfASavedFolder) {
  const TemporaryFolder folder;
  const auto message = [&](const char* files) {
    folder.Write("state.json", std::string(R"({"_data_files": [)") + files + "]}");
    return MessageOf([&] { ReadDataSet(folder.path()); });
  };
  EXPECT_THAT(message(R"({"filename": "data-00001-of-00003.arrow"})"),
              AllOf(HasSubstr("not whole: of 3 shards"), HasSubstr("missing: 0, 2")));
  EXPECT_THAT(
      message(R"({"filename": "data-00000-of-00001.arrow"}, {"filename": "data-00000-of-00001.arrow"})"),
      HasSubstr("names data-00000-of-00001.arrow twice"));
}

TEST(ReadDataSet, RefusesOtherFiles) {
  EXPECT_THAT(MessageOf([] { ReadDataSet("/nonexistent.jsonl"); }), HasSubstr("there is no such file"));
  EXPECT_THAT(MessageOf([] { ReadDataSet("/nonexistent.csv"); }), HasSubstr("nor named *.jsonl"));
}

}  // namespace
}  // namespace vffn
