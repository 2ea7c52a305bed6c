#include "reports/figures/word_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

std::vector<WeightedWord> ManyWords(size_t count) {
  std::vector<WeightedWord> words;
  for (size_t i = 0; i < count; ++i) {
    words.push_back({.text = "word" + std::to_string(i * i), .weight = 100.0 / static_cast<double>(i + 1)});
  }
  return words;
}

bool Overlap(const TextExtent& a, const TextExtent& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

void ExpectNoTouching(const WordLayout& layout, const LayoutArea& area) {
  for (size_t i = 0; i < layout.words.size(); ++i) {
    const TextExtent& ink = layout.words[i].ink;
    EXPECT_TRUE(ink.left >= 0 && ink.top >= 0 && ink.right <= area.width && ink.bottom <= area.height)
        << "word " << i << " is cut";
    EXPECT_GE(layout.words[i].font_size, area.least_size);
    for (size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(Overlap(ink, layout.words[j].ink)) << "words " << i << " and " << j;
    }
  }
}

class WordLayoutTest : public testing::Test {
 protected:
  TextMetrics metrics_;
};

TEST_F(WordLayoutTest, PlacesEveryWordOnce) {
  const LayoutArea area = {.width = 200, .height = 150, .greatest_size = 60};
  const std::vector<WeightedWord> words = ManyWords(60);
  const WordLayout layout = LayOutWords(words, area, metrics_);
  EXPECT_TRUE(layout.no_room.empty());
  std::vector<size_t> placed;
  for (const PlacedWord& word : layout.words) {
    placed.push_back(word.index);
  }
  std::ranges::sort(placed);
  EXPECT_EQ(placed.size(), words.size());
  EXPECT_TRUE(std::ranges::adjacent_find(placed) == placed.end());
  ExpectNoTouching(layout, area);
}

TEST_F(WordLayoutTest, SaysWhatHasNoRoom) {
  const LayoutArea area = {.width = 60, .height = 30};
  const std::vector<WeightedWord> words = ManyWords(40);
  const WordLayout layout = LayOutWords(words, area, metrics_);
  EXPECT_GT(layout.no_room.size(), 20u);
  EXPECT_GT(layout.words.size(), 1u);
  EXPECT_EQ(layout.words.size() + layout.no_room.size(), words.size());
  ExpectNoTouching(layout, area);
}

TEST_F(WordLayoutTest, DoesNotDependOnOrder) {
  const LayoutArea area = {.width = 200, .height = 100};
  std::vector<WeightedWord> words = ManyWords(30);
  words[7].weight = words[8].weight;  // a tie
  const WordLayout forwards = LayOutWords(words, area, metrics_);
  std::ranges::reverse(words);
  const WordLayout backwards = LayOutWords(words, area, metrics_);
  ASSERT_EQ(forwards.words.size(), backwards.words.size());
  for (size_t i = 0; i < forwards.words.size(); ++i) {
    EXPECT_EQ(forwards.words[i].index, words.size() - 1 - backwards.words[i].index);
    EXPECT_EQ(forwards.words[i].x, backwards.words[i].x);
    EXPECT_EQ(forwards.words[i].y, backwards.words[i].y);
  }
}

TEST_F(WordLayoutTest, AreaGoesWithWeight) {
  const std::vector<WeightedWord> words = {{"abc", 9}, {"abd", 1}};
  const LayoutArea area = {.width = 300, .height = 300, .greatest_size = 60};
  const WordLayout layout = LayOutWords(words, area, metrics_);
  EXPECT_EQ(layout.words[0].font_size, 60);
  EXPECT_EQ(layout.words[1].font_size, 20);
}

TEST_F(WordLayoutTest, LeavesOutWhatNoFontHas) {
  // The last code point of a private use plane, which no font has.
  const std::vector<WeightedWord> words = {{"\xF4\x8F\xBF\xBD", 3}, {"a", 1}};
  const WordLayout layout = LayOutWords(words, {.width = 100, .height = 100}, metrics_);
  EXPECT_THAT(layout.no_glyphs, testing::ElementsAre(0));
  EXPECT_EQ(layout.words.size(), 1u);
}

TEST_F(WordLayoutTest, RefusesWeightsThatAreNone) {
  const std::vector<WeightedWord> words = {{"a", 0}};
  EXPECT_THAT(ErrorOf([&] { LayOutWords(words, {.width = 100, .height = 100}, metrics_); }),
              testing::HasSubstr("the weight of \"a\" is 0"));
}

}  // namespace
}  // namespace vffn
