#include "base/line_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <vector>

#include "base/error.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string Gzip(const std::string& text) {
  std::string packed(compressBound(text.size()) + 64, '\0');
  z_stream zip = {};
  EXPECT_EQ(deflateInit2(&zip, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  zip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zip.avail_in = static_cast<uInt>(text.size());
  zip.next_out = reinterpret_cast<Bytef*>(packed.data());
  zip.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&zip, Z_FINISH), Z_STREAM_END);
  packed.resize(zip.total_out);
  deflateEnd(&zip);
  return packed;
}

std::filesystem::path Write(const std::string& name, const std::string& bytes) {
  // Tests may run at the same time, each in a process of its own.
  const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / ("LineFile_" + test + "_" + name);
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::vector<std::string> Lines(const std::filesystem::path& path) {
  LineFile file(path);
  std::vector<std::string> lines;
  while (const auto line = file.Next()) {
    lines.emplace_back(*line);
  }
  return lines;
}

std::string MessageOf(const std::filesystem::path& path) {
  try {
    Lines(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(LineFile, ReadsPlainText) {
  EXPECT_THAT(Lines(Write("plain", "one\n\nthree\n")), ElementsAre("one", "", "three"));
  EXPECT_THAT(Lines(Write("plain", "one\nno end")), ElementsAre("one", "no end"));
  EXPECT_THAT(Lines(Write("plain", "")), ElementsAre());
}

TEST(LineFile, ReadsGzipByContent) {
  EXPECT_THAT(Lines(Write("a.gz", Gzip("one\ntwo"))), ElementsAre("one", "two"));
  EXPECT_THAT(Lines(Write("unnamed", Gzip("one\ntwo\n"))), ElementsAre("one", "two"));
}

TEST(LineFile, JoinsGzipMembers) {
  EXPECT_THAT(Lines(Write("a.gz", Gzip("one\ntw") + Gzip("") + Gzip("o\nthree"))),
              ElementsAre("one", "two", "three"));
}

TEST(LineFile, ReadsLinesLongerThanItsBuffer) {
  std::string text(1 << 20, 'x');
  text.append("\n").append(300000, 'y');
  for (const auto& path : {Write("long", text), Write("long.gz", Gzip(text))}) {
    const auto lines = Lines(path);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0], std::string(1 << 20, 'x'));
    EXPECT_EQ(lines[1], std::string(300000, 'y'));
  }
}

TEST(LineFile, CountsLinesAndBytes) {
  const auto path = Write("origin.gz", Gzip("one\n\nthree\n"));
  LineFile file(path);
  file.Next();
  EXPECT_EQ(file.Origin(), path.string() + ":1 (byte 0)");
  file.Next();
  file.Next();
  EXPECT_EQ(file.Origin(), path.string() + ":3 (byte 5)");
  EXPECT_EQ(file.Next(), std::nullopt);
}

TEST(LineFile, SkipsBlankLinesBetweenRecords) {
  const auto path = Write("records", "\n \t\r\none\r\n\n\ntwo\n\n");
  LineFile file(path);
  EXPECT_EQ(file.NextRecord(), "one\r");
  EXPECT_EQ(file.line(), 3);
  EXPECT_EQ(file.offset(), 5);
  EXPECT_EQ(file.NextRecord(), "two");
  EXPECT_EQ(file.line(), 6);
  EXPECT_EQ(file.NextRecord(), std::nullopt);
}

TEST(LineFile, RefusesEveryTruncationOfGzip) {
  const std::string packed = Gzip("some text\nthat can be cut\nanywhere");
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_THAT(MessageOf(Write("cut.gz", packed.substr(0, size))), HasSubstr("_cut.gz: ")) << size;
  }
  EXPECT_THAT(MessageOf(Write("cut.gz", packed.substr(0, 30))),
              HasSubstr("truncated gzip data: the file ends at byte 30"));
}

TEST(LineFile, RefusesDamagedGzip) {
  std::string packed = Gzip("some text");
  packed[packed.size() - 6] ^= 1;  // in the checksum
  EXPECT_THAT(MessageOf(Write("bad.gz", packed)),
              AllOf(HasSubstr("damaged gzip data near byte"), HasSubstr("check")));
  EXPECT_THAT(MessageOf(Write("bad.gz", Gzip("text") + "garbage")), HasSubstr("damaged gzip data"));
  EXPECT_THAT(MessageOf(Write("bad.gz", "plain text")), HasSubstr("not a gzip file, though named so"));
}

TEST(LineFile, RefusesWhatIsNoFile) {
  EXPECT_THAT(MessageOf("/nonexistent/file"),
              HasSubstr("/nonexistent/file: cannot be opened for reading: No such file"));
  EXPECT_THAT(MessageOf(testing::TempDir()), HasSubstr("is a folder"));
}

}  // namespace
}  // namespace vffn
