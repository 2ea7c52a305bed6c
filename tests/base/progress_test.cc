#include "base/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace vffn {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

struct Recorded {
  explicit Recorded(bool terminal)
      : progress({.write = [this](std::string_view text) { written.emplace_back(text); },
                  .terminal = terminal,
                  .now = [this] { return now; }}) {}

  Progress::Clock::time_point now{};
  std::vector<std::string> written;
  Progress progress;
};

TEST(Progress, DrawsABarOnATerminal) {
  Recorded at(true);
  at.progress.Start("scoring", "docs", 40, 10);
  at.now += milliseconds(50);
  at.progress.Advance(1);  // too soon to draw
  at.now += milliseconds(1950);
  at.progress.Advance(9);
  at.now += milliseconds(4000);
  at.progress.Advance(20);
  at.progress.Finish();
  EXPECT_THAT(at.written,
              ElementsAre("\rscoring [#####...............]  25%  10/40 docs",
                          "\rscoring [##########..........]  50%  20/40 docs  5.0 docs/s  0:04 left",
                          "\rscoring [####################] 100%  40/40 docs  5.0 docs/s  in 0:06  ",
                          "\rscoring [####################] 100%  40/40 docs  5.0 docs/s  in 0:06", "\n"));
}

TEST(Progress, WritesALineNowAndThenElsewhere) {
  Recorded at(false);
  at.progress.Start("scoring", "docs", 4);
  for (int i = 0; i < 3; ++i) {
    at.now += milliseconds(6000);
    at.progress.Advance();
  }
  at.progress.Finish();
  at.progress.Finish();
  EXPECT_THAT(at.written,
              ElementsAre("scoring   0%  0/4 docs\n", "scoring  50%  2/4 docs  0.2 docs/s  0:12 left\n",
                          "scoring  75%  3/4 docs  0.2 docs/s  0:06 left\n"));
}

TEST(Progress, ShowsANoteUntilTheNextJob) {
  Recorded at(false);
  at.progress.Start("training", "steps", 4);
  at.now += milliseconds(20000);
  at.progress.Note("loss 3.21");
  at.progress.Advance(2);
  at.progress.Finish();
  at.progress.Start("scoring", "docs", 4);
  EXPECT_THAT(at.written, ElementsAre("training   0%  0/4 steps\n",
                                      "training  50%  2/4 steps  0.1 steps/s  0:20 left  loss 3.21\n",
                                      "training  50%  2/4 steps  0.1 steps/s  0:20 left  loss 3.21\n",
                                      "scoring   0%  0/4 docs\n"));
}

TEST(Progress, CountsFromManyThreads) {
  Recorded at(false);
  at.progress.Start("scoring", "docs", 4000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) {
        at.progress.Advance();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  at.progress.Finish();
  EXPECT_EQ(at.written.back(), "scoring 100%  4000/4000 docs\n");
}

TEST(FormatDuration, AddsHoursWhenNeeded) {
  EXPECT_EQ(FormatDuration(7.4), "0:07");
  EXPECT_EQ(FormatDuration(750), "12:30");
  EXPECT_EQ(FormatDuration(11100), "3:05:00");
}

}  // namespace
}  // namespace vffn
