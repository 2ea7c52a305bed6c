// Damaged Arrow and Parquet files: an Error or the rows, never a crash.
#include "tasks/arrow_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tasks/message_of.h"
#include "tests/tasks/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kArrowRecords = fs::path(VFFN_TESTS_DIR) / "testdata/tasks";

struct Format {
  const char* name;
  fs::path file;
  void (*read)(const fs::path&, const RowSink&);
};

std::ostream& operator<<(std::ostream& out, const Format& format) { return out << format.name; }

struct Damaged : testing::TestWithParam<Format> {
  const TemporaryFolder folder;
  const std::string bytes = Bytes(GetParam().file);

  /// Reads a file of these bytes to its last row; the message of the Error, if any.
  std::string Read(const std::string& damaged) const {
    const fs::path file = folder.Write("damaged", damaged);
    std::string message =
        MessageOf([&] { GetParam().read(file, [](const Json& row, const std::string&) { row.dump(); }); });
    EXPECT_TRUE(message.empty() || message.starts_with(file.string())) << message;
    return message;
  }
};

TEST_P(Damaged, IntactIsRead) {
  ASSERT_GT(bytes.size(), 1000u);
  EXPECT_EQ(Read(bytes), "");
}

TEST_P(Damaged, EveryTruncationIsAnError) {
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(Read(bytes.substr(0, size)), "") << "cut at byte " << size;
  }
}

TEST_P(Damaged, GrowthIsAnError) { EXPECT_NE(Read(bytes + "more"), ""); }

TEST_P(Damaged, EveryByteMayBeWrong) {
  int errors = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int flip : {0x01, 0xff}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      errors += Read(damaged).empty() ? 0 : 1;
    }
  }
  EXPECT_GT(errors, 100);
}

TEST_P(Damaged, EveryIntegerMayBeExtreme) {
  for (size_t at = 0; at + 8 <= bytes.size(); at += 4) {
    for (const char* integer :
         {"\xff\xff\xff\x7f\xff\xff\xff\x7f", "\0\0\0\x80\0\0\0\x80", "\xff\xff\xff\xff\xff\xff\xff\xff"}) {
      for (const size_t size : {4, 8}) {
        std::string damaged = bytes;
        damaged.replace(at, size, integer, size);
        Read(damaged);
      }
    }
  }
}

TEST_P(Damaged, RandomDamageIsNoCrash) {
  uint32_t state = 1;  // a linear congruential generator: the same damage in every run
  const auto random = [&](size_t limit) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
  };
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = bytes;
    for (size_t count = 1 + random(8); count > 0; --count) {
      damaged[random(damaged.size())] = static_cast<char>(random(256));
    }
    Read(damaged);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, Damaged,
    testing::Values(Format{"arrow", kArrowRecords / "arc_challenge_saved/data-00000-of-00002.arrow",
                           ReadArrowStream},
                    Format{"parquet", kArrowRecords / "arc_challenge.parquet", ReadParquet}),
    [](const auto& info) { return info.param.name; });

TEST(ReadArrowStream, RefusesOtherFormats) {
  const TemporaryFolder folder;
  const auto ignore = [](const Json&, const std::string&) {};
  EXPECT_THAT(MessageOf([&] { ReadArrowStream(kArrowRecords / "arc_challenge.parquet", ignore); }),
              HasSubstr("damaged, or not what its name says"));
  EXPECT_THAT(MessageOf([&] { ReadArrowStream("/nonexistent.arrow", ignore); }),
              HasSubstr("/nonexistent.arrow"));
  EXPECT_NE(MessageOf([&] { ReadArrowStream(folder.Write("empty.arrow", ""), ignore); }), "");
}

}  // namespace
}  // namespace vffn
