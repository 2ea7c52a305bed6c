#include "eval/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>

#include "tests/base/temporary_folder.h"
#include "tests/eval/fake_run.h"
#include "tests/eval/scored_docs.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const LedgerTask kTask = {
    .name = "piqa", .split = "validation", .data_sha256 = "abc", .data_set_size = 1838, .docs = 100};

ScoredDoc ADoc(int64_t doc_id) {
  return MakeDoc("piqa", doc_id, 1,
                 {MakeChoice(" naïve", {-0.125F, -1e-5F, -12.345678F}), MakeChoice(" b", {-7.038531e-26F})});
}

std::string MakeLedger(const std::filesystem::path& path, int docs) {
  Ledger ledger = Ledger::Open(path, MakeHeader(), LedgerMode::kNew);
  ledger.BeginTask(kTask);
  for (int i = 0; i < docs; ++i) {
    ledger.Append(ADoc(i));
  }
  return ReadFile(path);
}

TEST(FormatFloat, ReadsBackTheSame) {
  // 0x1.5c87fap-84 is the one positive float up to 1e5 whose shortest decimal (7.038531e-26) rounds to
  // another float by way of a double; all of them were tried.
  for (const float value :
       {-8.29398F, 0x1.5c87fap-84F, -0x1.5c87fap-84F, 1e-45F, -3.4e38F, 0.0F, -1.0F / 3}) {
    const std::string text = FormatFloat(value);
    EXPECT_EQ(std::bit_cast<uint32_t>(static_cast<float>(std::strtod(text.c_str(), nullptr))),
              std::bit_cast<uint32_t>(value))
        << text;
    EXPECT_EQ(static_cast<float>(ParseJson(text, "x").get<double>()), value) << text;
  }
  EXPECT_EQ(FormatFloat(-8.29398F), "-8.29398");
}

TEST(Ledger, ReadsWhatItWrote) {
  const TemporaryFolder folder;
  MakeLedger(folder / "l", 2);
  const LedgerContents contents = ReadLedger(folder / "l");
  EXPECT_EQ(contents.header.identity, MakeHeader().identity);
  EXPECT_EQ(contents.header.provenance, MakeHeader().provenance);
  ASSERT_EQ(contents.tasks.size(), 1u);
  EXPECT_EQ(contents.tasks[0], kTask);
  EXPECT_EQ(contents.docs.at("piqa").size(), 2u);
  EXPECT_EQ(*contents.FindDoc("piqa", 1), ADoc(1));
  EXPECT_EQ(contents.FindDoc("piqa", 2), nullptr);
  EXPECT_EQ(contents.FindDoc("sciq", 0), nullptr);
}

TEST(Ledger, KeepsUnconditionalScores) {
  const TemporaryFolder folder;
  ScoredDoc doc =
      MakeDoc("piqa", 0, 1, {MakeChoice(" a", {-1, -2.5F}, {-3, -4.25F}), MakeChoice(" b", {-2}, {-1e-5F})});
  doc.choices[1].unconditional->truncated_tokens = 3;
  {
    Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kNew);
    ledger.BeginTask(kTask);
    ledger.Append(doc);
    ledger.Append(ADoc(1));
  }
  const LedgerContents contents = ReadLedger(folder / "l");
  EXPECT_EQ(*contents.FindDoc("piqa", 0), doc);
  EXPECT_EQ(contents.FindDoc("piqa", 0)->choices[0].unconditional->LogLikelihood(), -7.25);
  EXPECT_FALSE(contents.FindDoc("piqa", 1)->choices[0].unconditional.has_value());
  const auto refuse = [](ScoredDoc damaged) {
    return ErrorOf([&] { ParseLedgerRow(ParseJson(FormatRow(damaged), "l:3"), "l:3"); });
  };
  ScoredDoc only_one = doc;
  only_one.choices[1].unconditional.reset();
  EXPECT_THAT(refuse(only_one), HasSubstr("l:3, choice 1: only some choices of the doc have unconditional"));
  ScoredDoc no_flag = doc;
  no_flag.choices[0].unconditional->greedy.pop_back();
  EXPECT_THAT(refuse(no_flag),
              HasSubstr("l:3, choice 0, unconditional: 2 tokens, 2 log-probabilities, 1 greedy flags"));
}

TEST(Ledger, KeepsWhatATaskStatesOfItself) {
  const TemporaryFolder folder;
  LedgerTask task = kTask;
  task.metrics = {{Metric::kBitsPerByte, Metric::kAcc}, Metric::kBitsPerByte};
  task.shots = 5;
  {
    Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kNew);
    ledger.BeginTask(task);
  }
  EXPECT_EQ(ReadLedger(folder / "l").tasks.at(0), task);
  const auto refuse = [&](const std::string& fields) {
    return ErrorOf([&] {
      ParseLedgerRow(ParseJson(FormatRow(kTask).substr(0, FormatRow(kTask).size() - 1) + fields, "l:2"),
                     "l:2");
    });
  };
  EXPECT_THAT(refuse(R"(,"primary_metric":"acc","metrics":["len_norm"]})"),
              HasSubstr("l:2: primary_metric is acc"));
  EXPECT_THAT(refuse(R"(,"primary_metric":"best","metrics":["acc"]})"),
              HasSubstr("there is no metric \"best\""));
}

TEST(Ledger, IsNotBegunTwice) {
  const TemporaryFolder folder;
  MakeLedger(folder / "l", 1);
  EXPECT_THAT(ErrorOf([&] { Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kNew); }),
              HasSubstr("--resume"));
}

TEST(Ledger, ResumesWhereNothingIs) {
  const TemporaryFolder folder;
  Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kResume);
  EXPECT_THAT(ReadFile(folder / "l"), testing::StartsWith(kLedgerMagic));
}

// Every length that a write can be torn at.
TEST(Ledger, CutsATornLastLineAndOnlyThat) {
  const TemporaryFolder folder;
  const std::string whole = MakeLedger(folder / "whole", 3);
  for (size_t size = 0; size <= whole.size(); ++size) {
    WriteFile(folder / "torn", whole.substr(0, size));
    {
      Ledger ledger = Ledger::Open(folder / "torn", MakeHeader(), LedgerMode::kResume);
      ledger.BeginTask(kTask);
      for (int i = 0; i < 3; ++i) {
        if (ledger.contents().FindDoc("piqa", i) == nullptr) {
          ledger.Append(ADoc(i));
        }
      }
    }
    ASSERT_EQ(ReadFile(folder / "torn"), whole) << "torn at " << size;
  }
}

TEST(Ledger, IsReadWithoutATornLastLine) {
  const TemporaryFolder folder;
  const std::string whole = MakeLedger(folder / "l", 3);
  WriteFile(folder / "l", whole.substr(0, whole.size() - 1));
  EXPECT_EQ(ReadLedger(folder / "l").docs.at("piqa").size(), 2u);
}

// A run that was killed before its first doc, at every length that the first rows can be torn at.
TEST(Ledger, CountsAsAbsentWithoutDocs) {
  const TemporaryFolder folder;
  const std::string none = MakeLedger(folder / "none", 0);
  LedgerHeader other = MakeHeader();
  other.identity.dtype = "bfloat16";
  for (const LedgerMode mode : {LedgerMode::kNew, LedgerMode::kResume}) {
    for (size_t size = 0; size <= none.size(); ++size) {
      WriteFile(folder / "torn", none.substr(0, size));
      ASSERT_FALSE(HasDocs(folder / "torn")) << size;
      Ledger::Check(folder / "torn", other, mode);
      EXPECT_EQ(ReadFile(folder / "torn"), none.substr(0, size)) << "a check changes nothing";
      Ledger::Open(folder / "torn", other, mode).BeginTask(kTask);
      const LedgerContents contents = ReadLedger(folder / "torn");
      ASSERT_EQ(contents.header.identity.dtype, "bfloat16") << size;
      ASSERT_EQ(contents.tasks.size(), 1u) << size;
    }
  }
  EXPECT_FALSE(HasDocs(folder / "nothing"));
  const std::string one = MakeLedger(folder / "one", 1);
  EXPECT_TRUE(HasDocs(folder / "one"));
  WriteFile(folder / "torn", one.substr(0, one.size() - 1));
  EXPECT_FALSE(HasDocs(folder / "torn")) << "the only doc is torn";
}

TEST(Ledger, IsReplacedOnRequest) {
  const TemporaryFolder folder;
  MakeLedger(folder / "l", 2);
  LedgerHeader other = MakeHeader();
  other.identity.dtype = "bfloat16";
  EXPECT_THAT(ErrorOf([&] { Ledger::Check(folder / "l", other, LedgerMode::kNew); }),
              AllOf(HasSubstr("dtype: float32 in the ledger, bfloat16 now"), HasSubstr("--resume"),
                    HasSubstr("--overwrite"), HasSubstr("another --output")));
  EXPECT_TRUE(HasDocs(folder / "l"));
  EXPECT_EQ(ErrorOf([&] { Ledger::Check(folder / "l", other, LedgerMode::kReplace); }), "");
  Ledger::Open(folder / "l", other, LedgerMode::kReplace);
  EXPECT_EQ(ReadLedger(folder / "l").header.identity.dtype, "bfloat16");
  EXPECT_FALSE(HasDocs(folder / "l"));
  WriteFile(folder / "notes", "my notes");
  EXPECT_THAT(ErrorOf([&] { Ledger::Open(folder / "notes", other, LedgerMode::kReplace); }),
              HasSubstr("not a vffn ledger"));
  EXPECT_EQ(ReadFile(folder / "notes"), "my notes");
}

TEST(Ledger, NamesLineAndOffsetOfDamage) {
  const TemporaryFolder folder;
  std::string text = MakeLedger(folder / "l", 3);
  const size_t line3 = text.find(R"({"row":"doc")");
  text[line3 + 20] = '}';
  WriteFile(folder / "l", text);
  const std::string place = "line 3 (offset " + std::to_string(line3) + ")";
  EXPECT_THAT(ErrorOf([&] { ReadLedger(folder / "l"); }), HasSubstr(place));
  EXPECT_THAT(ErrorOf([&] { Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kResume); }),
              HasSubstr(place));
  EXPECT_EQ(ReadFile(folder / "l"), text);
}

struct BadRow {
  const char* from;
  const char* to;
  const char* message;
};

class DamagedRow : public testing::TestWithParam<BadRow> {};

TEST_P(DamagedRow, IsRefused) {
  const TemporaryFolder folder;
  std::string text = MakeLedger(folder / "l", 1);
  const size_t place = text.find(GetParam().from);
  ASSERT_NE(place, std::string::npos);
  text.replace(place, std::string(GetParam().from).size(), GetParam().to);
  WriteFile(folder / "l", text);
  EXPECT_THAT(ErrorOf([&] { ReadLedger(folder / "l"); }),
              AllOf(HasSubstr(GetParam().message), HasSubstr("line ")));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DamagedRow,
    testing::Values(BadRow{R"("gold":1)", R"("gold":2)", "the gold index is 2 of 2"},
                    BadRow{R"("gold":1)", R"("gold":1.5)", "gold is 1.5, should be a whole number"},
                    BadRow{R"("gold":1)", R"("gold":99999999999)", "should be a whole number from"},
                    BadRow{R"("gold":1)", R"("g":1)", "gold is missing"},
                    BadRow{R"("tokens":[5,5,5])", R"("tokens":[5,5])", "2 tokens, 3 log-probabilities"},
                    BadRow{R"("tokens":[5,5,5])", R"("tokens":[5,5,3000000000])",
                           "tokens is 3000000000, should be"},
                    BadRow{R"(-0.125)", R"(1e300)", "the log-probability is inf"},
                    BadRow{R"(-0.125)", R"("-0.125")", "should be a number"},
                    BadRow{R"("doc_id":0)", R"("doc_id":1838)", "doc 1838 of piqa, which has 1838"},
                    BadRow{R"("doc","task":"piqa")", R"("doc","task":"sciq")", "has not begun"},
                    BadRow{R"({"vffn_ledger":1,)", R"({"vffn_ledger":2,)", "use a newer program"}));

TEST(Ledger, RefusesADocThatIsThereTwice) {
  const TemporaryFolder folder;
  std::string text = MakeLedger(folder / "l", 1);
  Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kResume);
  EXPECT_THAT(ErrorOf([&] { ledger.Append(ADoc(0)); }), HasSubstr("doc 0 of piqa is in the ledger twice"));
  EXPECT_EQ(ReadFile(folder / "l"), text);
  text += text.substr(text.find(R"({"row":"doc")"));
  WriteFile(folder / "l2", text);
  EXPECT_THAT(ErrorOf([&] { ReadLedger(folder / "l2"); }), AllOf(HasSubstr("line 4"), HasSubstr("twice")));
}

TEST(Ledger, ServesNoOtherIdentity) {
  const TemporaryFolder folder;
  MakeLedger(folder / "l", 1);
  LedgerHeader header = MakeHeader();
  header.identity.dtype = "bfloat16";
  header.identity.model_sha256 = "another";
  header.identity.max_sequence_length = 128;
  EXPECT_THAT(ErrorOf([&] { Ledger::Open(folder / "l", header, LedgerMode::kResume); }),
              AllOf(HasSubstr("dtype: float32 in the ledger, bfloat16 now"),
                    HasSubstr("model: m.gguf, sha256 model in the ledger, m.gguf, sha256 another now"),
                    HasSubstr("max_length: 64 in the ledger, 128 now"), HasSubstr("--overwrite"),
                    Not(HasSubstr("encoding"))));
  LedgerHeader newer = MakeHeader();
  newer.program_version = "0.2.0";  // says who began it, decides nothing
  EXPECT_EQ(ErrorOf([&] { Ledger::Open(folder / "l", newer, LedgerMode::kResume); }), "");
}

TEST(Ledger, ServesNoOtherDataSet) {
  const TemporaryFolder folder;
  MakeLedger(folder / "l", 1);
  Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kResume);
  LedgerTask task = kTask;
  task.data_sha256 = "def";
  EXPECT_THAT(ErrorOf([&] { ledger.BeginTask(task); }), HasSubstr("data_sha256: abc in the ledger, def now"));
}

TEST(Ledger, RemembersTheMostDocsAskedFor) {
  const TemporaryFolder folder;
  MakeLedger(folder / "l", 1);
  for (const int64_t docs : {50, 200}) {
    Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kResume);
    LedgerTask task = kTask;
    task.docs = docs;
    ledger.BeginTask(task);
  }
  const LedgerContents contents = ReadLedger(folder / "l");
  ASSERT_EQ(contents.tasks.size(), 1u);
  EXPECT_EQ(contents.tasks[0].docs, 200);
}

TEST(Ledger, SkipsWhatALaterProgramAdds) {
  const TemporaryFolder folder;
  std::string text = MakeLedger(folder / "l", 1);
  text.insert(text.find('\n') + 1, "{\"row\":\"trace\",\"loops\":[1]}\n");
  text.replace(text.find(R"("gold":1)"), 8, R"("gold":1,"loops":[3])");
  text.replace(text.find(R"("dtype")"), 7, R"("branch":"width","dtype")");
  WriteFile(folder / "l", text);
  EXPECT_EQ(ReadLedger(folder / "l").docs.at("piqa").size(), 1u);
}

TEST(Ledger, LeavesFilesThatAreNoLedgerAlone) {
  const TemporaryFolder folder;
  WriteFile(folder / "l", "my notes");
  EXPECT_THAT(ErrorOf([&] { Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kResume); }),
              HasSubstr("not a vffn ledger"));
  EXPECT_EQ(ReadFile(folder / "l"), "my notes");
}

TEST(Ledger, IsWrittenByOneRunAtATime) {
  const TemporaryFolder folder;
  const Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kNew);
  EXPECT_THAT(ErrorOf([&] { Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kResume); }),
              HasSubstr("another run is writing this file"));
}

TEST(Ledger, ReportsAFullDisk) {
  if (!std::filesystem::exists("/dev/full")) {
    GTEST_SKIP() << "there is no /dev/full";
  }
  EXPECT_THAT(ErrorOf([] { Ledger::Open("/dev/full", MakeHeader(), LedgerMode::kNew); }),
              AllOf(HasSubstr("/dev/full"), HasSubstr("No space left on device")));
}

}  // namespace
}  // namespace vffn
