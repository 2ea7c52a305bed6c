#include "runs/losses/loss_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

LossHeader Header() {
  return {.identity = {.model_sha256 = "m", .dtype = "float32", .max_sequence_length = 8},
          .window = {.kind = WindowKind::kRolling, .length = 8, .stride = 8, .prefix = 1},
          .text_sha256 = "t",
          .program_version = "0.1.0",
          .model = "final"};
}

const DocumentLoss kFirst = {"1", "wiki.jsonl", 10, 40, 31.25, 39, 7};
const DocumentLoss kSecond = {"2", "wiki \"x\".jsonl", 3, 12, 0.1 + 0.2};

class LossFileTest : public testing::Test {
 protected:
  void WriteBoth() const {
    LossFile file(path_, Header(), LedgerMode::kNew);
    file.Append(7, kSecond);
    file.Append(0, kFirst);
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "losses.jsonl";
};

TEST_F(LossFileTest, GivesBackWhatWasAppended) {
  WriteBoth();
  const LossContents contents = ReadLosses(path_);
  EXPECT_EQ(contents.header.identity, Header().identity);
  EXPECT_EQ(contents.header.text_sha256, "t");
  EXPECT_THAT(contents.InOrder(), ElementsAre(kFirst, kSecond));
}

TEST_F(LossFileTest, GoesOnAfterATornLine) {
  WriteBoth();
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 5);
  EXPECT_THAT(ReadLosses(path_).InOrder(), ElementsAre(kSecond));
  EXPECT_THAT(ErrorOf([&] { LossFile(path_, Header(), LedgerMode::kNew); }), HasSubstr("--resume"));
  {
    LossFile file(path_, Header(), LedgerMode::kResume);
    EXPECT_EQ(file.contents().documents.size(), 1u);
    file.Append(0, kFirst);
    EXPECT_THAT(ErrorOf([&] { file.Append(7, kSecond); }), HasSubstr("document 7"));
  }
  EXPECT_THAT(ReadLosses(path_).InOrder(), ElementsAre(kFirst, kSecond));
}

// A run that was killed before its first loss, at every length that the header can be torn at.
TEST_F(LossFileTest, CountsAsAbsentWithoutLosses) {
  LossFile(path_, Header(), LedgerMode::kNew);
  const std::string header = ReadFile(path_);
  LossHeader other = Header();
  other.identity.dtype = "bfloat16";
  for (const LedgerMode mode : {LedgerMode::kNew, LedgerMode::kResume}) {
    for (size_t size = 0; size <= header.size(); ++size) {
      WriteFile(path_, header.substr(0, size));
      ASSERT_FALSE(HasLosses(path_)) << size;
      CheckLossFile(path_, other, kLossKind, mode);
      EXPECT_EQ(ReadFile(path_), header.substr(0, size)) << "a check changes nothing";
      LossFile(path_, other, mode);
      ASSERT_EQ(ReadLosses(path_).header.identity.dtype, "bfloat16") << size;
    }
  }
}

TEST_F(LossFileTest, IsReplacedOnRequest) {
  WriteBoth();
  LossHeader other = Header();
  other.identity.dtype = "bfloat16";
  EXPECT_THAT(ErrorOf([&] { LossFile(path_, other, LedgerMode::kNew); }),
              AllOf(HasSubstr("dtype: float32 in the file, bfloat16 now"), HasSubstr("--overwrite")));
  EXPECT_TRUE(HasLosses(path_));
  LossFile(path_, other, LedgerMode::kReplace);
  EXPECT_FALSE(HasLosses(path_));
  EXPECT_EQ(ReadLosses(path_).header.identity.dtype, "bfloat16");
}

TEST_F(LossFileTest, RefusesAnotherRunAndDamage) {
  WriteBoth();
  LossHeader other = Header();
  other.identity.dtype = "bfloat16";
  other.text_sha256 = "u";
  other.window.kind = WindowKind::kStride;
  other.window.prefix.reset();
  EXPECT_THAT(ErrorOf([&] { LossFile(path_, other, LedgerMode::kResume); }),
              AllOf(HasSubstr("dtype: float32 in the file, bfloat16 now"), HasSubstr("text: t in"),
                    HasSubstr("window.kind: rolling in the file, stride now"),
                    HasSubstr("window.prefix: 1 in the file, none now")));
  WriteFile(path_, ReadFile(path_) +
                       "{\"document\":0,\"id\":\"1\",\"source\":\"\",\"tokens\":1,\"bytes\":1,\"nll\":1}\n");
  EXPECT_THAT(ErrorOf([&] { ReadLosses(path_); }), AllOf(HasSubstr("losses.jsonl:4"), HasSubstr("twice")));
  WriteFile(path_, "{\"x\":1}\n");
  EXPECT_THAT(ErrorOf([&] { ReadLosses(path_); }), HasSubstr("not a file of losses"));
  WriteFile(path_, "");
  EXPECT_THAT(ErrorOf([&] { ReadLosses(path_); }), HasSubstr("no losses"));
}

// As version 0.1 of the program wrote it.
TEST_F(LossFileTest, ReadsOlderFiles) {
  WriteFile(path_,
            R"({"vffn_losses":1,"identity":{"model_sha256":"m","max_sequence_length":8},"text_sha256":"t",)"
            R"("program_version":"0.1.0","model":"final"})"
            "\n"
            R"({"document":0,"id":"1","source":"wiki.jsonl","tokens":10,"bytes":40,"nll":31.25})"
            "\n");
  const LossContents contents = ReadLosses(path_);
  EXPECT_EQ(contents.header.window, (LossWindow{.kind = WindowKind::kDisjoint, .length = 8, .stride = 8}));
  EXPECT_THAT(contents.InOrder(), ElementsAre(DocumentLoss{"1", "wiki.jsonl", 10, 40, 31.25}));
}

}  // namespace
}  // namespace vffn
