#include "tokens/document_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "base/sha256.h"
#include "tests/base/temporary_folder.h"
#include "tokens/unpacked_file.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

struct ReadDocument {
  std::string text, id;
  int64_t location = 0;
  bool operator==(const ReadDocument&) const = default;
};

std::vector<ReadDocument> DocumentsOf(const InputFile& file, const SourceOptions& options = {}) {
  std::vector<ReadDocument> documents;
  const auto reader = OpenInput(file, options);
  for (InputChunk chunk; reader->Next(chunk);) {
    ParseChunk(file, options, chunk, /*skip_bad=*/false, [&](const Document& document) {
      documents.push_back({std::string(document.text), std::string(document.id), document.location});
      return true;
    });
  }
  return documents;
}

std::string Gzip(std::string_view text) {
  z_stream zip = {};
  deflateInit2(&zip, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&zip, text.size()), '\0');
  zip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zip.avail_in = static_cast<uInt>(text.size());
  zip.next_out = reinterpret_cast<Bytef*>(packed.data());
  zip.avail_out = static_cast<uInt>(packed.size());
  deflate(&zip, Z_FINISH);
  packed.resize(zip.total_out);
  deflateEnd(&zip);
  return packed;
}

std::string ZstdOf(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

class DocumentSource : public testing::Test {
 protected:
  InputFile Write(const std::string& name, std::string_view bytes) {
    WriteFile(folder_ / name, bytes);
    return ListInputFiles({(folder_ / name).string()}).at(0);
  }
  std::string MessageOf(const std::string& name, std::string_view bytes) {
    return ErrorOf([&] { DocumentsOf(Write(name, bytes)); });
  }

  TemporaryFolder folder_;
};

TEST_F(DocumentSource, PackedFilesReadAsPlainOnesWhateverTheChunks) {
  std::string text;
  std::vector<ReadDocument> expected;
  for (int i = 1; i <= 200; ++i) {
    const std::string body(static_cast<size_t>(i * 7 % 90) + 1, 'a');
    text += "{\"id\":" + std::to_string(i) + ",\"text\":\" " + body + "\"}\n" + (i % 10 == 0 ? "\n" : "");
    expected.push_back({body, std::to_string(i), i + (i - 1) / 10});
  }
  const size_t half = text.size() / 2;
  const std::string_view view = text;
  const InputFile files[] = {Write("a.jsonl", text),
                             Write("b.jsonl.gz", Gzip(view.substr(0, half)) + Gzip(view.substr(half))),
                             Write("c.json.zst", ZstdOf(view.substr(0, half)) + ZstdOf(view.substr(half)))};
  for (const InputFile& file : files) {
    for (const int64_t chunk_bytes : {1, 100, 1 << 20}) {
      SourceOptions options;
      options.chunk_bytes = chunk_bytes;
      EXPECT_EQ(DocumentsOf(file, options), expected) << file.path << " " << chunk_bytes;
    }
  }
}

TEST_F(DocumentSource, HashesTheFileOnTheDisk) {
  const std::string packed = Gzip("{\"id\":1,\"text\":\"a\"}\n");
  const InputFile file = Write("a.jsonl.gz", packed);
  const auto reader = OpenInput(file, {});
  for (InputChunk chunk; reader->Next(chunk);) {
  }
  Sha256 hash;
  hash.Update(packed);
  EXPECT_EQ(reader->Hash(), hash.Hex());
}

TEST_F(DocumentSource, TextFilesAreOneDocumentOrOneALine) {
  const InputFile file = Write("a.txt", "\xEF\xBB\xBFone\n\n two \n");
  Sha256 hash;
  hash.Update(file.path);
  const std::string id = hash.Hex() + "-";
  EXPECT_THAT(DocumentsOf(file), ElementsAre(ReadDocument{"one\n\n two", id + "1", 1}));
  SourceOptions lines;
  lines.text_lines = true;
  EXPECT_THAT(DocumentsOf(file, lines),
              ElementsAre(ReadDocument{"one", id + "1", 1}, ReadDocument{"two", id + "3", 3}));
}

TEST_F(DocumentSource, FoldersAndPatternsAreSorted) {
  std::filesystem::create_directories(folder_ / "x/y");
  for (const char* name : {"x/b.jsonl", "x/a.txt", "x/y/c.jsonl.gz", "x/.hidden.jsonl", "x/readme.pdf"}) {
    WriteFile(folder_ / name, "");
  }
  const auto names = [&](const std::string& argument) {
    std::vector<std::string> found;
    for (const InputFile& file : ListInputFiles({(folder_ / argument).string()})) {
      found.push_back(std::filesystem::relative(file.path, folder_.path()).string());
    }
    return found;
  };
  EXPECT_THAT(names("x"), ElementsAre("x/a.txt", "x/b.jsonl", "x/y/c.jsonl.gz"));
  EXPECT_THAT(names("x/[ab].*"), ElementsAre("x/a.txt", "x/b.jsonl"));
  EXPECT_THAT(ErrorOf([&] { names("x/*.zip"); }), HasSubstr("no such file"));
  EXPECT_THAT(ErrorOf([&] { names("x/readme.pdf"); }), HasSubstr("unknown ending"));
  EXPECT_THAT(ErrorOf([&] {
                ListInputFiles({(folder_ / "x").string(), (folder_ / "x/a.txt").string()});
              }),
              HasSubstr("given twice"));
}

TEST_F(DocumentSource, DamageIsNamedWithItsPlace) {
  EXPECT_THAT(MessageOf("a.jsonl", "{\"id\":1,\"text\":\"a\"}\n\n{\"id\":2}\n"),
              AllOf(HasSubstr("a.jsonl:3: "), HasSubstr("no field \"text\"")));
  EXPECT_THAT(MessageOf("a.jsonl", "{\"id\":1,\"text\":\"a\xC0\"}\n"),
              AllOf(HasSubstr("a.jsonl:1: "), HasSubstr("not valid UTF-8 at byte 1")));
  EXPECT_THAT(MessageOf("a.jsonl", "{\"id\":\"\xFF\",\"text\":\"a\"}\n"),
              HasSubstr("identifier is not valid UTF-8"));
  EXPECT_THAT(MessageOf("a.jsonl.gz", "plain"), HasSubstr("not a gzip file"));
  EXPECT_THAT(MessageOf("a.jsonl.zst", "plain"), HasSubstr("not a zstd file"));
  std::string text = "{\"id\":1,\"text\":\"";
  for (int i = 0; i < 20'000; ++i) {
    text += static_cast<char>('a' + i * i % 23);
  }
  text += "\"}\n";
  const std::string gzip = Gzip(text), zstd = ZstdOf(text);
  EXPECT_THAT(MessageOf("a.jsonl.gz", gzip.substr(0, gzip.size() / 2)), HasSubstr("truncated gzip data"));
  EXPECT_THAT(MessageOf("a.jsonl.zst", zstd.substr(0, zstd.size() - 3)), HasSubstr("truncated zstd data"));
  std::string damaged = gzip;
  damaged[gzip.size() - 6] ^= 1;
  EXPECT_THAT(MessageOf("a.jsonl.gz", damaged), HasSubstr("damaged gzip data"));
  EXPECT_THAT(MessageOf("a.jsonl.gz", gzip + "tail"), HasSubstr("damaged gzip data"));
  EXPECT_THAT(MessageOf("a.jsonl.zst", zstd + "tail of another kind"), HasSubstr("damaged zstd data"));
}

TEST_F(DocumentSource, EmptyFilesHaveNoDocuments) {
  EXPECT_THAT(DocumentsOf(Write("a.jsonl", "")), ElementsAre());
  EXPECT_THAT(DocumentsOf(Write("b.txt", "")), ElementsAre());
  EXPECT_THAT(DocumentsOf(Write("c.jsonl.gz", Gzip(""))), ElementsAre());
}

}  // namespace
}  // namespace vffn
