// Matrices that are read a few rows at a time.
#include <numeric>

#include "model/weights/upcycled_checkpoint.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

/// All rows, `at_once` at a time, with a gap after each that stays as it is.
std::vector<float> ReadInPieces(const MatrixRows& matrix, int64_t rows, int64_t columns, int64_t at_once) {
  constexpr float kGap = -7;
  std::vector<float> values;
  for (int64_t first = 0; first < rows; first += at_once) {
    const int64_t count = std::min(at_once, rows - first);
    std::vector<float> piece(static_cast<size_t>(count * (columns + 3)), kGap);
    matrix.Read(first, count, columns + 3, piece.data());
    for (auto row = piece.begin(); row != piece.end(); row += columns + 3) {
      values.insert(values.end(), row, row + columns);
      EXPECT_TRUE(std::all_of(row + columns, row + columns + 3, [](float x) { return x == kGap; }));
    }
  }
  return values;
}

void ExpectRowsOfEveryMatrix(const Checkpoint& checkpoint) {
  for (const ParameterSpec& spec : ParameterSpecs(checkpoint.config())) {
    if (spec.shape.size() == 1) {
      EXPECT_THROW(checkpoint.Rows(spec.name), Error);
      continue;
    }
    const auto matrix = checkpoint.Rows(spec.name);
    for (const int64_t at_once : {1, 5, 16}) {
      EXPECT_EQ(ReadInPieces(*matrix, spec.shape[0], spec.shape[1], at_once), ReadParameter(checkpoint, spec))
          << spec.name;
    }
  }
  EXPECT_THROW(checkpoint.Rows("tail.weight"), Error);
}

TEST(Rows, EqualTheWholeMatrix) {
  ExpectRowsOfEveryMatrix(*OpenCheckpoint(TestData("weights/huggingface")));
  ExpectRowsOfEveryMatrix(
      *Upcycle(OpenCheckpoint(TestData("weights/huggingface")),
               {.kind = FfnKind::kMoe, .n_experts = 4, .top_k = 2, .expert_hidden_size = 12}, /*seed=*/7));
}

TEST(Rows, OutliveTheCheckpoint) {
  std::unique_ptr<Checkpoint> checkpoint = OpenCheckpoint(TestData("weights/huggingface"));
  const std::vector<float> expected = ReadParameter(*checkpoint, {"embedding.weight", {48, 32}});
  const auto matrix = checkpoint->Rows("embedding.weight");
  checkpoint.reset();
  EXPECT_EQ(ReadInPieces(*matrix, 48, 32, 7), expected);
}

TEST(Rows, AreReadFromTransposedTensors) {
  std::vector<float> stored(6 * 11);  // [columns, rows]
  std::iota(stored.begin(), stored.end(), 1.0f);
  const std::string_view bytes(reinterpret_cast<const char*>(stored.data()), stored.size() * sizeof(float));
  const TensorView view =
      MakeStridedView("transposed", ElementType::kF32, {11, 6}, {1, 11}, /*offset=*/0, bytes, "test");
  std::vector<float> rows(4 * 8, -7);
  ReadRows(view, 5, 4, 6, 8, rows.data());
  for (int64_t row = 0; row < 4; ++row) {
    for (int64_t column = 0; column < 8; ++column) {
      const auto expected = static_cast<float>(column < 6 ? column * 11 + row + 5 + 1 : -7);
      EXPECT_EQ(rows[static_cast<size_t>(row * 8 + column)], expected) << row << ' ' << column;
    }
  }
}

}  // namespace
}  // namespace vffn
