#include "eval/document_windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(DisjointWindows, PredictEveryTokenOnce) {
  const std::vector<TokenId> document = {1, 2, 3, 4, 5, 9};
  const std::vector<Request> windows = DisjointWindows(document, 9, 4);
  ASSERT_THAT(windows, SizeIs(2));
  EXPECT_THAT(windows[0].context, ElementsAre(9));
  EXPECT_THAT(windows[0].continuation, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(windows[1].context, ElementsAre(4));
  EXPECT_THAT(windows[1].continuation, ElementsAre(5, 9));
  EXPECT_THAT(DisjointWindows(document, 9, 6), SizeIs(1));
  EXPECT_THAT(DisjointWindows(document, 9, 1), SizeIs(6));
  EXPECT_THAT(DisjointWindows({}, 9, 4), IsEmpty());
}

/// The tokens of a window: context, then what is predicted.
struct Window {
  std::vector<TokenId> context, continuation;

  bool operator==(const Window&) const = default;
};

std::vector<Window> WindowsOf(std::vector<Request> requests) {
  std::vector<Window> windows;
  for (Request& request : requests) {
    windows.push_back({std::move(request.context), std::move(request.continuation)});
  }
  return windows;
}

// From lm-evaluation-harness 0.4.13: make_disjoint_window of get_rolling_token_windows(token_list=[1..10],
// prefix_token=99, max_seq_len=4, context_len=1), and the same with context_len=3.
TEST(SlidingWindows, AreThoseOfTheHarness) {
  const std::vector<TokenId> tokens = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const std::vector<Window> rolling = {{{99}, {1, 2, 3, 4}}, {{4}, {5, 6, 7, 8}}, {{6, 7, 8}, {9, 10}}};
  EXPECT_EQ(WindowsOf(RollingWindows(tokens, 99, 4)), rolling);
  const std::vector<Window> sliding = {
      {{99}, {1, 2, 3, 4}}, {{2, 3, 4}, {5, 6}}, {{4, 5, 6}, {7, 8}}, {{6, 7, 8}, {9, 10}}};
  EXPECT_EQ(WindowsOf(SlidingWindows(tokens, 99, 4, 2)), sliding);
  EXPECT_EQ(WindowsOf(RollingWindows(tokens, 99, 10)),
            (std::vector<Window>{{{99}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}));
  EXPECT_EQ(WindowsOf(RollingWindows(std::span(tokens).first(5), 99, 4)),
            (std::vector<Window>{{{99}, {1, 2, 3, 4}}, {{1, 2, 3, 4}, {5}}}));
  EXPECT_THAT(RollingWindows({}, 99, 4), IsEmpty());
  EXPECT_THAT(ErrorOf([&] { SlidingWindows(tokens, 99, 4, 5); }), HasSubstr("stride is from 1"));
}

TEST(StreamWindows, ScoreTheSecondHalfOfAChunkAndAllOfASequence) {
  const std::vector<TokenId> tokens = {1, 2, 3, 4, 5, 6};
  // llama.cpp: the logits at 3, 4 predict the tokens at 4, 5.
  EXPECT_EQ(WindowsOf({ChunkWindow(tokens, 99)}), (std::vector<Window>{{{99, 2, 3, 4}, {5, 6}}}));
  EXPECT_EQ(WindowsOf({ChunkWindow(std::span(tokens).first(5), std::nullopt)}),
            (std::vector<Window>{{{1, 2, 3}, {4, 5}}}));
  EXPECT_EQ(WindowsOf({PackedWindow(tokens)}), (std::vector<Window>{{{1}, {2, 3, 4, 5, 6}}}));
  EXPECT_THAT(ErrorOf([&] { ChunkWindow(std::span(tokens).first(2), 1); }), HasSubstr("at least 3"));
  EXPECT_THAT(ErrorOf([&] { PackedWindow(std::span(tokens).first(1)); }), HasSubstr("at least 2"));
}

}  // namespace
}  // namespace vffn
