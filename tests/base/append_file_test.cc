#include "base/append_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(AppendFile, KeepsWhatWasThereAndAppends) {
  const TemporaryFolder folder;
  AppendFile(folder / "a").Append("one");
  AppendFile file(folder / "a");
  file.Append("two");
  EXPECT_EQ(file.Read(), "one\ntwo\n");
  file.Truncate(4);
  file.Append("three");
  file.Sync();
  EXPECT_EQ(ReadFile(folder / "a"), "one\nthree\n");
}

TEST(AppendFile, IsWrittenByOneAtATime) {
  const TemporaryFolder folder;
  const AppendFile first(folder / "a");
  EXPECT_THAT(ErrorOf([&] { AppendFile second(folder / "a"); }),
              HasSubstr("another run is writing this file"));
}

TEST(AppendFile, NamesAFolderThatIsNotThere) {
  EXPECT_THAT(ErrorOf([] { AppendFile file("/nowhere/a"); }),
              AllOf(HasSubstr("/nowhere/a"), HasSubstr("No such file or directory")));
}

TEST(AppendFile, ReportsAFullDisk) {
  if (!std::filesystem::exists("/dev/full")) {
    GTEST_SKIP() << "there is no /dev/full";
  }
  AppendFile file("/dev/full");
  EXPECT_THAT(ErrorOf([&] { file.Append("one"); }), HasSubstr("No space left on device"));
  EXPECT_THAT(ErrorOf([&] { file.Append("two"); }), HasSubstr("an earlier write failed"));
}

TEST(AppendFile, LosesNothingThatWasWrittenBeforeTheDiskWasFull) {
  const TemporaryFolder folder;
  // A limit on the size of files stands in for the full disk: the line that does not fit is written in part.
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  AppendFile file(folder / "a");
  const struct rlimit limit { 1000, before.rlim_max };
  setrlimit(RLIMIT_FSIZE, &limit);
  const std::string line(299, 'x');
  for (int i = 0; i < 3; ++i) {
    file.Append(line);
  }
  const std::string error = ErrorOf([&] { file.Append(line); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(error, AllOf(HasSubstr("at offset 1000"), HasSubstr("File too large")));
  EXPECT_EQ(ReadFile(folder / "a").substr(0, 900), line + "\n" + line + "\n" + line + "\n");
}

}  // namespace
}  // namespace vffn
