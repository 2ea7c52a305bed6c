#include "tokens/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/tokens/corpus.h"
#include "tokens/token_file_writer.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class TokenFileTest : public testing::Test {
 protected:
  std::filesystem::path Write(std::string_view bytes) {
    WriteFile(folder_ / "a.npy", bytes);
    return folder_ / "a.npy";
  }
  std::string BordersError(const std::vector<std::pair<int64_t, int64_t>>& borders) {
    {
      BorderTableWriter table(folder_ / "a.csv.gz");
      for (const auto& [start, end] : borders) {
        table.Append(start, end, "id", "source", 1);
      }
      table.Finish();
    }
    return ErrorOf([&] { ReadBorders(TokenFile(folder_ / "a.npy", TokenType::kUint16)); });
  }

  TemporaryFolder folder_;
};

TEST_F(TokenFileTest, ReadsDolmasFiles) {
  const TokenFile file(GoldenTokensFolder() / "plain/part-0-00000.npy", TokenType::kUint16);
  EXPECT_EQ(file.size(), 11872);
  file.CheckIds(GoldenTokenizer()->vocab_size());
  const auto borders = ReadBorders(file);
  ASSERT_EQ(borders.size(), 92u);
  EXPECT_EQ(borders[2].id, "comma, and \"quotes\"");
  EXPECT_EQ(borders[3].id, "line\nbreak");
  EXPECT_EQ(borders[3].source, "corpus/a.jsonl");
  EXPECT_EQ(borders[3].location, 6);
  const TokenFile large(GoldenTokensFolder() / "uint32/part-0-00000.npy", TokenType::kUint32);
  std::vector<TokenId> last(1);
  large.Read(large.size() - 1, last);
  EXPECT_THAT(last, ElementsAre(69999));
}

TEST_F(TokenFileTest, WrongFilesAreErrors) {
  const auto open = [&](TokenType type) { return ErrorOf([&] { TokenFile(folder_ / "a.npy", type); }); };
  Write("abc");
  EXPECT_THAT(open(TokenType::kUint16),
              AllOf(HasSubstr("has 3 bytes, no multiple of 2"), HasSubstr("truncated")));
  Write("abcdef");
  EXPECT_THAT(open(TokenType::kUint32), HasSubstr("no multiple of 4 (uint32)"));
  Write("\x93NUMPY\x01 ");
  EXPECT_THAT(open(TokenType::kUint16), HasSubstr("a numpy array with a header"));
  std::string ids(2 * 70'000, '\0');
  ids[2 * 66'000] = 9;
  const TokenFile file(Write(ids), TokenType::kUint16);
  file.CheckIds(10);
  EXPECT_THAT(ErrorOf([&] { file.CheckIds(9); }), HasSubstr("token 66000 is 9; the vocabulary has 9 ids"));
  std::vector<TokenId> out(2);
  EXPECT_THAT(ErrorOf([&] { file.Read(69'999, out); }), HasSubstr("has 70000 tokens; 2 from 69999 on"));
}

TEST_F(TokenFileTest, BordersMustCoverTheFile) {
  Write(std::string(20, '\0'));
  EXPECT_THAT(ErrorOf([&] { ReadBorders(TokenFile(folder_ / "a.npy", TokenType::kUint16)); }),
              HasSubstr("a.csv.gz: no such file"));
  EXPECT_EQ(BordersError({{0, 4}, {4, 4}, {4, 10}}), "");
  EXPECT_THAT(BordersError({{0, 4}, {5, 10}}), HasSubstr("row 2: tokens 5 to 10"));
  EXPECT_THAT(BordersError({{0, 4}, {4, 11}}), HasSubstr("row 2"));
  EXPECT_THAT(BordersError({{0, 4}}), HasSubstr("ends at token 4, but the token file has 10"));
  WriteFile(folder_ / "a.csv.gz", ReadFile(folder_ / "a.csv.gz").substr(0, 15));
  EXPECT_THAT(ErrorOf([&] { ReadBorders(TokenFile(folder_ / "a.npy", TokenType::kUint16)); }),
              HasSubstr("truncated gzip"));
}

TEST_F(TokenFileTest, AFileHasFewerTokensThanItsLimit) {
  TokenFileWriter writer(folder_.path(), TokenType::kUint16, 5);
  writer.Append("aabb", "1", "s", 1);
  writer.Append("ccdd", "2", "s", 2);  // 4 of at most 4
  writer.Append("", "3", "s", 3);
  writer.Append("ee", "4", "s", 4);
  EXPECT_THAT(ErrorOf([&] { writer.Append("0123456789", "5", "s", 5); }),
              HasSubstr("s: document 5 has 5 tokens"));
  const auto files = writer.Finish();
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].name, "part-0-00000.npy");
  EXPECT_EQ(files[0].tokens, 4);
  EXPECT_EQ(files[0].documents, 3);
  EXPECT_EQ(ReadFile(folder_ / "part-0-00001.npy"), "ee");
}

TEST_F(TokenFileTest, TableRowsSurviveTheRoundTrip) {
  const std::vector<std::string> odd = {"", "a", "a,b", "\"", "\"\"", "a\r\nb", ",", " ", "\xC3\xA9"};
  {
    BorderTableWriter table(folder_ / "t.csv.gz");
    for (size_t i = 0; i < odd.size(); ++i) {
      table.Append(7, 9, odd[i], odd[odd.size() - 1 - i], static_cast<int64_t>(i));
    }
    table.Finish();
  }
  BorderTableReader reader(folder_ / "t.csv.gz");
  DocumentBorders row;
  for (size_t i = 0; i < odd.size(); ++i) {
    ASSERT_TRUE(reader.Next(row));
    EXPECT_EQ(row.id, odd[i]);
    EXPECT_EQ(row.source, odd[odd.size() - 1 - i]);
    EXPECT_EQ(row.end, 9);
  }
  EXPECT_FALSE(reader.Next(row));
}

}  // namespace
}  // namespace vffn
