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
                  .width = [this] { return width; },
                  .now = [this] { return now; }}) {}

  Progress::Clock::time_point now{};
  size_t width = 0;
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

TEST(Progress, FitsATerminalThatIsMadeNarrower) {
  Recorded at(true);
  at.width = 80;
  at.progress.Start("scoring", "docs", 40);
  for (const size_t width : {60, 45, 20, 1, 80}) {
    at.width = width;
    at.now += milliseconds(1000);
    at.progress.Advance(4);
  }
  EXPECT_THAT(at.written,
              ElementsAre("\rscoring [....................]   0%  0/40 docs",
                          "\rscoring [#.........]  10%  4/40 docs  4.0 docs/s  0:09 left",
                          "\rscoring  20%  8/40 docs  4.0 docs/s  0:08 le", "\rscoring  30%  12/40", "\r",
                          "\rscoring [##########..........]  50%  20/40 docs  4.0 docs/s  0:05 left"));
}

TEST(Progress, NamesTheItemAndThePresentLabel) {
  Recorded at(false);
  at.progress.Item(2, 12);
  at.progress.Start("scoring", "docs", 4);
  at.progress.Label("piqa");
  at.progress.Finish();
  at.progress.Item(1, 1);
  at.progress.Start("scoring", "docs", 4);
  EXPECT_THAT(at.written, ElementsAre("(2 of 12) scoring   0%  0/4 docs\n", "(2 of 12) piqa   0%  0/4 docs\n",
                                      "scoring   0%  0/4 docs\n"));
}

TEST(Progress, CutsBetweenCharacters) {
  Recorded at(true);
  at.width = 6;
  at.progress.Start("größer", "docs", 4);
  EXPECT_THAT(at.written, ElementsAre("\rgröße"));
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
