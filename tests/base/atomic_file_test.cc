#include "base/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

size_t CountFiles(const std::filesystem::path& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(WriteFileAtomically, WritesAndReplaces) {
  const TemporaryFolder folder;
  WriteFileAtomically(folder / "a", "long old text");
  WriteFileAtomically(folder / "a", "new");
  EXPECT_EQ(ReadFile(folder / "a"), "new");
  EXPECT_EQ(CountFiles(folder.path()), 1u);
}

TEST(WriteFileAtomically, LeavesTheOldFileWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  WriteFileAtomically(folder / "a", "old");
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit limit { 1000, before.rlim_max };
  setrlimit(RLIMIT_FSIZE, &limit);
  const std::string error = ErrorOf([&] { WriteFileAtomically(folder / "a", std::string(2000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(error, AllOf(HasSubstr((folder / "a").string()), HasSubstr("File too large")));
  EXPECT_EQ(ReadFile(folder / "a"), "old");
  EXPECT_EQ(CountFiles(folder.path()), 1u);
}

TEST(WriteFileAtomically, NamesAFolderThatIsNotThere) {
  EXPECT_THAT(ErrorOf([] { WriteFileAtomically("/nowhere/a", "x"); }),
              HasSubstr("/nowhere/a: cannot be written"));
}

}  // namespace
}  // namespace vffn
