#include <sys/resource.h>

#include <array>
#include <csignal>

#include "model/weights/safetensors_file.h"
#include "model/weights/safetensors_writer.h"
#include "model/weights/tensor_files.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::HasSubstr;

std::string WithHeader(const std::string& header, const std::string& data = "") {
  const uint64_t size = header.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + header + data;
}

std::string ErrorInSafetensors(const std::string& bytes) {
  return ErrorOf([&] { ReadSafetensors(bytes, "x.safetensors"); });
}

TEST(ReadSafetensors, GivesTensorsInTheOrderOfTheirBytes) {
  const std::string bytes = WithHeader(
      R"({"__metadata__":{"a":"b"},"z":{"dtype":"I16","shape":[2],"data_offsets":[0,4]},)"
      R"("a":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]},"e":{"dtype":"U8","shape":[0],"data_offsets":[8,8]}}  )",
      std::string("\1\0\2\0", 4) + std::string("\0\0\x80\x3f", 4));
  const std::vector<TensorView> tensors = ReadSafetensors(bytes, "x");
  ASSERT_EQ(tensors.size(), 3);
  EXPECT_EQ(tensors[0].name, "z");
  EXPECT_EQ(tensors[0].type, ElementType::kI16);
  EXPECT_EQ(tensors[1].shape, (std::vector<int64_t>{1, 1}));
  EXPECT_EQ(Values(tensors[1]), std::vector<float>{1.0f});
  EXPECT_EQ(tensors[2].bytes.size(), 0);
}

// The length of a header may begin with the bytes of a pickle or of a zip archive.
TEST(ReadSafetensors, IsToldFromOtherFormatsByItsHeader) {
  for (const size_t size : {0x280, 0x580, 0xb80, 0x4b50}) {
    std::string header = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
    header.resize(size, ' ');
    const std::vector<TensorView> tensors = ReadTensors(WithHeader(header, "x"), "model.safetensors");
    ASSERT_EQ(tensors.size(), 1);
    EXPECT_EQ(tensors[0].name, "a");
  }
}

TEST(ReadSafetensors, RefusesBrokenHeaders) {
  EXPECT_THAT(ErrorInSafetensors("1234567"), HasSubstr("header length at byte 0 needs 8 bytes"));
  EXPECT_THAT(ErrorInSafetensors(std::string(8, '\xff')), HasSubstr("at most 100000000"));
  EXPECT_THAT(ErrorInSafetensors(WithHeader("{}").substr(0, 9)), HasSubstr("header at byte 8 needs 2 bytes"));
  EXPECT_THAT(ErrorInSafetensors(WithHeader("[]")), HasSubstr("does not begin with {"));
  EXPECT_THAT(ErrorInSafetensors(WithHeader("{\"a\": }")), HasSubstr("not valid JSON"));
  EXPECT_THAT(ErrorInSafetensors(WithHeader(R"({"__metadata__":{"a":1}})")),
              HasSubstr("__metadata__.a is 1, should be a string"));
  EXPECT_THAT(ErrorInSafetensors(WithHeader(R"({"a":{"dtype":"F32","shape":[1]}})")),
              HasSubstr("tensor a: data_offsets is missing"));
  EXPECT_THAT(
      ErrorInSafetensors(WithHeader(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"b":1}})")),
      HasSubstr("tensor a: b: unknown field"));
  EXPECT_THAT(ErrorInSafetensors(WithHeader(R"({"a":{"dtype":"F8_E8M0","shape":[0],"data_offsets":[0,0]}})")),
              HasSubstr("dtype \"F8_E8M0\" is not supported"));
  EXPECT_THAT(ErrorInSafetensors(WithHeader(R"({"a":{"dtype":"Q4_0","shape":[0],"data_offsets":[0,0]}})")),
              HasSubstr("dtype \"Q4_0\" is not supported"));
  EXPECT_THAT(ErrorInSafetensors(WithHeader(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                                            R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})")),
              HasSubstr("duplicate JSON key \"a\""));
}

TEST(ReadSafetensors, RefusesOffsetsThatDoNotTile) {
  const auto error = [](const std::string& shape, const std::string& offsets, const std::string& data) {
    return ErrorInSafetensors(
        WithHeader(R"({"a":{"dtype":"U8","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}", data));
  };
  EXPECT_EQ(error("[2]", "[0,2]", "xy"), "");
  EXPECT_THAT(error("[2]", "[0,2]", "x"),
              HasSubstr("truncated: tensor a ends at data byte 2, the file has 1"));
  EXPECT_THAT(error("[2]", "[0,2]", "xyz"), HasSubstr("1 bytes after the last tensor"));
  EXPECT_THAT(error("[2]", "[1,3]", "xyz"), HasSubstr("begins at data byte 1, should at 0"));
  EXPECT_THAT(error("[2]", "[2,0]", "xy"), HasSubstr("should be a begin and an end"));
  EXPECT_THAT(error("[3]", "[0,2]", "xy"), HasSubstr("U8 [3] takes 3 bytes, but 2 are given"));
  EXPECT_THAT(error("[-2]", "[0,2]", "xy"), HasSubstr("shape is -2, should be a whole number from 0"));
  EXPECT_THAT(error("[4294967296,4294967296]", "[0,2]", "xy"), HasSubstr("overflows"));
  EXPECT_THAT(error("[1]", "[0,18446744073709551615]", "xy"),
              HasSubstr("data_offsets is 18446744073709551615, should be a whole number from 0"));
}

TEST(ReadSafetensors, RefusesEveryTruncationAndSurvivesFlippedBits) {
  const std::string bytes = ReadFile(TestData("weights/torch/views.safetensors"));
  const auto parse = [](std::string_view damaged) { ReadSafetensors(damaged, "x"); };
  ExpectTruncationsRefused(bytes, bytes.size(), parse);
  EXPECT_GT(FlipBits(bytes, 0, 1400, parse), 5000);
}

TEST(WriteSafetensors, IsReadBackAndAligned) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "out.safetensors";
  const std::array<uint8_t, 3> flags = {1, 0, 1};
  const std::array<int64_t, 2> ids = {-1, int64_t{1} << 40};
  const std::array<float, 2> logits = {0.5f, -2.0f};
  const std::array<int32_t, 1> counts = {7};
  WriteSafetensors(path,
                   {TensorOf("flags", {3}, flags), TensorOf("logits", {1, 2}, logits),
                    TensorOf("ids", {2}, ids), TensorOf("counts", {1}, counts)},
                   {{"format", "pt"}});
  const std::string bytes = ReadFile(path);
  const std::vector<TensorView> tensors = ReadSafetensors(bytes, "out");
  ASSERT_EQ(tensors.size(), 4);
  EXPECT_EQ(tensors[0].name, "ids");
  EXPECT_EQ(tensors[0].bytes, std::string_view(reinterpret_cast<const char*>(ids.data()), 16));
  EXPECT_EQ(Values(tensors[1]), (std::vector<float>{0.5f, -2.0f}));
  EXPECT_EQ(tensors[3].name, "flags");
  EXPECT_EQ((tensors[0].bytes.data() - bytes.data()) % 8, 0);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(WriteSafetensors, FailsWithoutLeavingAnything) {
  const std::array<float, 1> one = {1};
  const TemporaryFolder folder;
  EXPECT_THAT(ErrorOf([&] { WriteSafetensors(folder.path() / "no" / "such", {TensorOf("a", {1}, one)}); }),
              HasSubstr("cannot be written: No such file or directory"));
  EXPECT_THAT(ErrorOf([&] {
                WriteSafetensors(folder.path() / "x", {TensorOf("a", {1}, one), TensorOf("a", {1}, one)});
              }),
              HasSubstr("tensor a is there twice"));
  std::filesystem::create_directory(folder.path() / "taken");
  EXPECT_THAT(ErrorOf([&] { WriteSafetensors(folder.path() / "taken", {TensorOf("a", {1}, one)}); }),
              HasSubstr("taken: cannot be written"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);  // "taken" itself
  EXPECT_THROW(TensorOf("a", {2}, one), Error);
}

// A limit on file size fails a write as a full disk does.
TEST(WriteSafetensors, FullDiskLeavesTheOldFile) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "out.safetensors";
  const std::array<float, 1> one = {1};
  WriteSafetensors(path, {TensorOf("a", {1}, one)});
  const std::string before = ReadFile(path);
  const std::vector<float> many(100000);
  struct rlimit old;
  getrlimit(RLIMIT_FSIZE, &old);
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {4096, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message =
      ErrorOf([&] { WriteSafetensors(path, {TensorOf("a", {100000}, std::span<const float>(many))}); });
  setrlimit(RLIMIT_FSIZE, &old);
  signal(SIGXFSZ, old_handler);
  EXPECT_THAT(message, HasSubstr("out.safetensors: cannot be written: File too large"));
  EXPECT_EQ(ReadFile(path), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

}  // namespace
}  // namespace vffn
