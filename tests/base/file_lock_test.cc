#include "base/file_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

TEST(FileLock, IsHeldByOneUntilItIsGivenBack) {
  const TemporaryFolder folder;
  auto first = FileLock::Try(folder / "lock");
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(FileLock::Try(folder / "lock"), nullptr);
  first.reset();
  EXPECT_NE(FileLock::Try(folder / "lock"), nullptr);
}

TEST(FileLock, NamesAFileThatCannotBeMade) {
  EXPECT_THAT(ErrorOf([] { FileLock::Try("/nowhere/lock"); }), testing::HasSubstr("/nowhere/lock"));
}

}  // namespace
}  // namespace vffn
