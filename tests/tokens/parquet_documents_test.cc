#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "tests/base/temporary_folder.h"
#include "tokens/document_source.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ParquetDocuments : public testing::Test {
 protected:
  /// Columns "dump" (binary), "text", "id" (int64) in row groups of `group` rows.
  void WriteRows(int rows, int64_t group, bool with_null = false) {
    arrow::BinaryBuilder dump;
    arrow::StringBuilder text;
    arrow::Int64Builder id;
    for (int i = 0; i < rows; ++i) {
      ASSERT_TRUE(dump.Append("x").ok());
      ASSERT_TRUE((with_null && i == 2 ? text.AppendNull() : text.Append("text " + std::to_string(i))).ok());
      ASSERT_TRUE(id.Append(i * 10).ok());
    }
    const auto schema =
        arrow::schema({arrow::field("dump", arrow::binary()), arrow::field("text", arrow::utf8()),
                       arrow::field("id", arrow::int64())});
    const auto table = arrow::Table::Make(schema, {*dump.Finish(), *text.Finish(), *id.Finish()});
    const auto file = *arrow::io::FileOutputStream::Open((folder_ / "a.parquet").string());
    ASSERT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file, group).ok());
    ASSERT_TRUE(file->Close().ok());
  }

  std::vector<std::string> Read(const SourceOptions& options) {
    const InputFile file = ListInputFiles({(folder_ / "a.parquet").string()}).at(0);
    std::vector<std::string> documents;
    const auto reader = OpenInput(file, options);
    for (InputChunk chunk; reader->Next(chunk);) {
      ParseChunk(file, options, chunk, /*skip_bad=*/false, [&](const Document& document) {
        documents.push_back(std::to_string(document.location) + ":" + std::string(document.id) + ":" +
                            std::string(document.text));
        return true;
      });
    }
    EXPECT_EQ(reader->Hash().size(), 64u);
    return documents;
  }

  std::string MessageOf(const SourceOptions& options) {
    return ErrorOf([&] { Read(options); });
  }

  TemporaryFolder folder_;
};

TEST_F(ParquetDocuments, RowsInAnyChunksAndGroups) {
  WriteRows(2500, 700);
  for (const int64_t chunk_bytes : {1, 20'000, 1 << 24}) {
    SourceOptions options;
    options.chunk_bytes = chunk_bytes;
    const auto documents = Read(options);
    ASSERT_EQ(documents.size(), 2500u);
    EXPECT_EQ(documents[0], "1:0:text 0");
    EXPECT_EQ(documents[2499], "2500:24990:text 2499");
  }
}

TEST_F(ParquetDocuments, WhatIsWrongIsNamed) {
  WriteRows(5, 5);
  SourceOptions options;
  options.text_field = "body";
  EXPECT_THAT(MessageOf(options),
              AllOf(HasSubstr("no column \"body\"; the columns are dump, text, id"), HasSubstr("--text_field")));
  options.text_field = "id";
  EXPECT_THAT(MessageOf(options), HasSubstr("the text must be strings"));
  options.text_field = "text";
  options.id_field = "dump";
  EXPECT_THAT(MessageOf(options), HasSubstr("identifiers must be strings or integers"));
  WriteRows(5, 5, /*with_null=*/true);
  EXPECT_THAT(MessageOf({}), HasSubstr("row 3: the text is null"));
  std::string bytes = ReadFile(folder_ / "a.parquet");
  WriteFile(folder_ / "a.parquet", bytes.substr(0, bytes.size() / 2));
  EXPECT_THAT(MessageOf({}), HasSubstr("not a Parquet file"));
  WriteFile(folder_ / "a.parquet", "");
  EXPECT_THAT(MessageOf({}), HasSubstr("a.parquet"));
}

}  // namespace
}  // namespace vffn
