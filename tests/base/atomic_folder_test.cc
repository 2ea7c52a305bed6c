#include "base/atomic_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;

size_t CountEntries(const std::filesystem::path& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(AtomicFolder, AppearsWhenFinished) {
  const TemporaryFolder parent;
  {
    AtomicFolder folder(parent / "a/b/");
    WriteFile(folder.temporary() / "file", "text");
    EXPECT_FALSE(std::filesystem::exists(parent / "a/b"));
    folder.Finish();
    EXPECT_EQ(ReadFile(parent / "a/b/file"), "text");
  }
  EXPECT_EQ(ReadFile(parent / "a/b/file"), "text");
  EXPECT_EQ(CountEntries(parent / "a"), 1u);
}

TEST(AtomicFolder, LeavesNothingUnfinished) {
  const TemporaryFolder parent;
  {
    AtomicFolder folder(parent / "a");
    WriteFile(folder.temporary() / "file", "text");
    EXPECT_EQ(CountEntries(parent.path()), 1u);
  }
  EXPECT_EQ(CountEntries(parent.path()), 0u);
}

TEST(AtomicFolder, TakesAnEmptyFolderAndNothingElse) {
  const TemporaryFolder parent;
  std::filesystem::create_directory(parent / "empty");
  std::filesystem::create_directory(parent / "full");
  WriteFile(parent / "full/file", "precious");
  WriteFile(parent / "file", "precious");
  std::filesystem::create_symlink("nowhere", parent / "link");
  AtomicFolder(parent / "empty").Finish();
  EXPECT_EQ(CountEntries(parent / "empty"), 0u);
  for (const char* name : {"full", "file", "link"}) {
    EXPECT_THAT(ErrorOf([&] { AtomicFolder folder(parent / name); }), HasSubstr("is there already")) << name;
  }
  EXPECT_EQ(ReadFile(parent / "full/file"), "precious");
  EXPECT_EQ(CountEntries(parent.path()), 4u);
}

TEST(AtomicFolder, DoesNotReplaceWhatCameInBetween) {
  const TemporaryFolder parent;
  AtomicFolder folder(parent / "a");
  std::filesystem::create_directory(parent / "a");
  WriteFile(parent / "a/file", "precious");
  EXPECT_THAT(ErrorOf([&] { folder.Finish(); }), HasSubstr("a: cannot be made"));
  EXPECT_EQ(ReadFile(parent / "a/file"), "precious");
}

TEST(AtomicFolder, NamesAPlaceWhereNoFolderCanBe) {
  EXPECT_THAT(ErrorOf([] { AtomicFolder folder("/dev/null/a"); }), HasSubstr("/dev/null/a: cannot be made"));
}

}  // namespace
}  // namespace vffn
