#include "base/mapped_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

std::filesystem::path Write(const char* name, std::string_view bytes) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST(MappedFile, GivesTheBytesAndSurvivesMoves) {
  MappedFile first(Write("vffn_mapped", std::string_view("a\0b", 3)));
  MappedFile second(std::move(first));
  MappedFile third(Write("vffn_mapped_other", "other"));
  third = std::move(second);
  EXPECT_EQ(third.bytes(), std::string_view("a\0b", 3));
  EXPECT_EQ(third.path().filename(), "vffn_mapped");
}

TEST(MappedFile, TakesAnEmptyFile) { EXPECT_EQ(MappedFile(Write("vffn_empty", "")).bytes(), ""); }

TEST(MappedFile, NamesWhatCannotBeMapped) {
  try {
    MappedFile("/nonexistent/file");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "/nonexistent/file: cannot be opened: No such file or directory");
  }
  EXPECT_THROW(MappedFile(std::filesystem::path(testing::TempDir())), Error);
}

}  // namespace
}  // namespace vffn
