#include "model/weights/torch_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <numeric>

#include "base/mapped_file.h"
#include "model/weights/byte_reader.h"
#include "model/weights/torch_file.h"
#include "model/weights/zip_file.h"
#include "model/weights/zip_writer.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

TensorSource Source(std::string name, std::vector<int64_t> shape, const std::vector<float>& values) {
  return {std::move(name), ElementType::kF32, std::move(shape), [&values](const ByteSink& sink) {
            const std::string_view bytes(reinterpret_cast<const char*>(values.data()),
                                         values.size() * sizeof(float));
            sink(bytes.substr(0, bytes.size() / 2));  // in pieces
            sink(bytes.substr(bytes.size() / 2));
          }};
}

std::string Zip(const std::function<void(ZipWriter&)>& add) {
  std::string bytes;
  ZipWriter zip([&](std::string_view piece) { bytes += piece; });
  add(zip);
  zip.Finish();
  return bytes;
}

TEST(WriteTorchFile, IsReadBack) {
  const TemporaryFolder folder;
  std::vector<float> matrix(3 * 70000);  // sizes that take 1, 2 and 4 bytes
  std::iota(matrix.begin(), matrix.end(), 0.5f);
  const std::vector<float> vector = {1, -2, 3e-40f};
  const std::vector<float> empty;
  WriteTorchFile(folder / "model.pt", {Source("b.matrix", {3, 70000}, matrix),
                                       Source("a.vector", {3}, vector), Source("none", {0, 4}, empty)});
  const std::string bytes = ReadFile(folder / "model.pt");
  const std::vector<TensorView> tensors = ReadTorchFile(bytes, "model.pt");
  ASSERT_EQ(tensors.size(), 3);
  EXPECT_EQ(tensors[0].name, "b.matrix");
  EXPECT_THAT(tensors[0].shape, ElementsAre(3, 70000));
  EXPECT_THAT(tensors[0].strides, ElementsAre(70000, 1));
  EXPECT_EQ(Values(tensors[0]), matrix);
  EXPECT_EQ(Values(tensors[1]), vector);
  EXPECT_THAT(tensors[2].shape, ElementsAre(0, 4));
  for (int i : {0, 1}) {
    EXPECT_EQ((tensors[static_cast<size_t>(i)].bytes.data() - bytes.data()) % 64, 0);
  }
}

TEST(WriteTorchFile, RefusesWhatItCannotWrite) {
  const TemporaryFolder folder;
  const std::vector<float> one = {1};
  const auto error = [&](const std::vector<TensorSource>& tensors) {
    return ErrorOf([&] { WriteTorchFile(folder / "model.pt", tensors); });
  };
  EXPECT_THAT(error({Source("a", {1}, one), Source("a", {1}, one)}), EndsWith("tensor a is there twice"));
  EXPECT_THAT(error({Source("a", {2}, one)}), EndsWith("tensor a [2] takes 8 bytes, but 4 were given"));
  TensorSource half = Source("a", {2}, one);
  half.type = ElementType::kF16;
  EXPECT_THAT(error({half}), HasSubstr("tensor a is F16, only F32 and BF16"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ZipWriter, IsReadBack) {
  const std::string bytes = Zip([](ZipWriter& zip) {
    zip.Add("empty", "");
    zip.Add("folder/text", "some text");
  });
  const auto entries = ReadZip(bytes, "zip");
  EXPECT_EQ(entries.size(), 2);
  EXPECT_EQ(entries.at("folder/text"), "some text");
  EXPECT_EQ((entries.at("folder/text").data() - bytes.data()) % 64, 0);
  EXPECT_TRUE(ReadZip(Zip([](ZipWriter&) {}), "zip").empty());
}

// CRC-32 of "123456789" is cbf43926 in every catalogue; it stands after the data and in the directory.
TEST(ZipWriter, WritesChecksums) {
  const std::string bytes = Zip([](ZipWriter& zip) { zip.Add("digits", "123456789"); });
  const size_t data = bytes.find("123456789");
  ByteReader descriptor(bytes, "zip", data + 9);
  EXPECT_EQ(descriptor.Read<uint32_t>("signature"), 0x08074b50u);
  EXPECT_EQ(descriptor.Read<uint32_t>("checksum"), 0xcbf43926u);
  EXPECT_EQ(descriptor.Read<uint32_t>("size"), 9u);
  ByteReader directory(bytes, "zip", bytes.find("PK\x01\x02") + 16);
  EXPECT_EQ(directory.Read<uint32_t>("checksum"), 0xcbf43926u);
}

TEST(ZipWriter, ManyEntriesNeedZip64) {
  const std::string bytes = Zip([](ZipWriter& zip) {
    for (int i = 0; i < 65536; ++i) {
      zip.Add(std::to_string(i), std::to_string(i));
    }
  });
  EXPECT_EQ(ReadZip(bytes, "zip").at("65535"), "65535");
}

TEST(ZipWriter, RefusesMistakes) {
  EXPECT_THAT(
      ErrorOf([] { Zip([](ZipWriter& zip) { zip.Add("a", 3, [](const ByteSink& sink) { sink("12"); }); }); }),
      EndsWith("entry a should have 3 bytes, has 2"));
  EXPECT_THAT(ErrorOf([] {
                Zip([](ZipWriter& zip) {
                  zip.Add("a", "");
                  zip.Add("a", "");
                });
              }),
              EndsWith("entry a is there twice"));
}

// An entry of 4 GiB and one behind it, in a file that is mostly a hole.
TEST(ZipWriter, SizesAndOffsetsBeyond32Bits) {
  constexpr uint64_t kSize = (uint64_t{1} << 32) + 5;
  const TemporaryFolder folder;
  const std::string path = folder / "large.zip";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(file, 0);
  off_t position = 0;
  const std::string zeros(size_t{1} << 24, '\0');
  ZipWriter zip([&](std::string_view bytes) {
    if (bytes.data() != zeros.data()) {
      ASSERT_EQ(pwrite(file, bytes.data(), bytes.size(), position), static_cast<ssize_t>(bytes.size()));
    }
    position += static_cast<off_t>(bytes.size());
  });
  zip.Add("large", kSize, [&](const ByteSink& sink) {
    for (uint64_t left = kSize; left > 0; left -= std::min<uint64_t>(left, zeros.size())) {
      sink(std::string_view(zeros).substr(0, std::min<uint64_t>(left, zeros.size())));
    }
  });
  zip.Add("small", "behind it");
  zip.Finish();
  close(file);
  const MappedFile mapped(path);
  const auto entries = ReadZip(mapped.bytes(), path);
  EXPECT_EQ(entries.at("large").size(), kSize);
  EXPECT_EQ(entries.at("small"), "behind it");
}

}  // namespace
}  // namespace vffn
