#include "model/weights/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

ModelConfig Small() {
  return {.d_model = 6,
          .n_layers = 3,
          .n_heads = 4,
          .n_kv_heads = 2,
          .head_size = 4,
          .ffn_hidden_size = 5,
          .vocab_size = 7,
          .max_sequence_length = 8,
          .ffn = {.kind = FfnKind::kSparseMoe, .n_experts = 3, .top_k = 1, .expert_hidden_size = 2}};
}

std::vector<StoredPart> Parts(std::vector<Source> sources, std::vector<int64_t> shape,
                              const ModelConfig& config = Small()) {
  return PartsOf({.name = "layers.2.x.weight", .shape = std::move(shape)},
                 {{"layers.{}.x.weight", std::move(sources)}}, config);
}

/// The row of the parameter that each stored row is.
std::vector<int64_t> RowsOf(const StoredPart& part) {
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < part.rows; ++row) {
    rows.push_back(part.PlaceOf(row).row);
  }
  return rows;
}

TEST(Recipe, StacksQueriesKeysAndValues) {
  const auto parts =
      Parts({{"{}.q", SourceRows::kQuery}, {"{}.k", SourceRows::kKeyValue}, {"{}.v", SourceRows::kKeyValue}},
            {32, 6});
  ASSERT_EQ(parts.size(), 3);
  EXPECT_EQ(parts[0].name, "2.q");
  EXPECT_EQ(parts[0].shape, (std::vector<int64_t>{16, 6}));
  EXPECT_EQ(parts[2].PlaceOf(1).row, 25);
  EXPECT_TRUE(parts[2].is_plain());
  EXPECT_THAT(ErrorOf([] {
                Parts({{"q", SourceRows::kQuery}}, {32, 6});
              }),
              testing::HasSubstr("the tensors of parameter layers.2.x.weight do not add up to 32 x 6"));
}

TEST(Recipe, KeepsTransposedTensorsInTheirShape) {
  const auto parts = Parts({{.name = "w", .transposed = true}}, {32, 6});
  EXPECT_EQ(parts[0].shape, (std::vector<int64_t>{6, 32}));
  EXPECT_EQ(parts[0].rows, 32);
  EXPECT_FALSE(parts[0].is_plain());
}

// Pairs (0, 1) and (2, 3) of a head are (0, 2) and (1, 3) of ours; dimensions that are not rotated stay.
TEST(Recipe, SeparatesRotaryPairs) {
  const auto parts = Parts({{"q", SourceRows::kShare, RowOrder::kInterleaved}}, {8, 6});
  EXPECT_EQ(RowsOf(parts[0]), (std::vector<int64_t>{0, 2, 1, 3, 4, 6, 5, 7}));
  ModelConfig config = Small();
  config.head_size = 8;
  config.rotary_size = 4;
  EXPECT_EQ(RowsOf(Parts({{"q", SourceRows::kShare, RowOrder::kInterleaved}}, {8}, config)[0]),
            (std::vector<int64_t>{0, 2, 1, 3, 4, 5, 6, 7}));
}

// Two groups of two queries, a key and a value, four rows each.
TEST(Recipe, SortsHeadGroups) {
  const auto parts = Parts({{"qkv", SourceRows::kShare, RowOrder::kHeadGroups}}, {32, 6});
  const std::vector<int64_t> rows = RowsOf(parts[0]);
  std::vector<int64_t> heads;
  for (size_t row = 0; row < rows.size(); row += 4) {
    heads.push_back(rows[row] / 4);
    EXPECT_EQ(rows[row + 3], rows[row] + 3);
  }
  EXPECT_EQ(heads, (std::vector<int64_t>{0, 1, 4, 6, 2, 3, 5, 7}));
}

TEST(Recipe, SwapsTheHalvesOfAGatedFfn) {
  EXPECT_EQ(RowsOf(Parts({{"w", SourceRows::kShare, RowOrder::kGateFirst}}, {6, 2})[0]),
            (std::vector<int64_t>{3, 4, 5, 0, 1, 2}));
  // Of 3 experts with 2 hidden units: gate, gate, up, up of each.
  const auto parts = Parts({{.name = "w", .order = RowOrder::kGateFirst, .stacks_experts = true}}, {12, 6});
  EXPECT_EQ(parts[0].shape, (std::vector<int64_t>{3, 4, 6}));
  EXPECT_EQ(RowsOf(parts[0]), (std::vector<int64_t>{6, 7, 0, 1, 8, 9, 2, 3, 10, 11, 4, 5}));
}

TEST(Recipe, PutsExpertsSideBySide) {
  const auto parts = Parts({{.name = "{}.{e}.w2", .rows = SourceRows::kColumnShare}}, {6, 6});
  ASSERT_EQ(parts.size(), 3);
  EXPECT_EQ(parts[1].name, "2.1.w2");
  EXPECT_EQ(parts[1].shape, (std::vector<int64_t>{6, 2}));
  EXPECT_EQ(parts[1].PlaceOf(5).row, 5);
  EXPECT_EQ(parts[1].PlaceOf(5).column, 2);
  const auto stacked =
      Parts({{.name = "w2", .rows = SourceRows::kColumnShare, .stacks_experts = true}}, {6, 6});
  EXPECT_EQ(stacked[0].shape, (std::vector<int64_t>{3, 6, 2}));
  EXPECT_EQ(stacked[0].PlaceOf(8).row, 2);
  EXPECT_EQ(stacked[0].PlaceOf(8).column, 2);
}

TEST(Recipe, HasATensorForEachHead) {
  const auto parts = Parts({{"{}.norms.{h}"}}, {8});
  ASSERT_EQ(parts.size(), 2);
  EXPECT_EQ(parts[1].name, "2.norms.1");
  EXPECT_EQ(parts[1].shape, (std::vector<int64_t>{4}));
  EXPECT_EQ(parts[1].PlaceOf(3).row, 7);
}

}  // namespace
}  // namespace vffn
