// The layout of packed weights, to the byte.
#include <gmock/gmock.h>

#include <bit>
#include <cstring>
#include <limits>
#include <map>
#include <string>

#include "tests/model/kernel_sets.h"

namespace vffn::kernels {
namespace {

/// Of a kernel set: outputs in a panel, and bytes and depth of its bfloat16 operands.
struct Layout {
  int64_t panel;
  bool pairs = false;
  int64_t depth = 1;
};
const std::map<std::string, Layout> kLayouts = {
    {"generic", {8}},
    {"avx2", {16}},
    {"avx512", {32}},
    {"avx512_bf16", {.panel = 32, .pairs = true, .depth = 2}},
    {"amx_bf16", {.panel = 32, .pairs = true, .depth = 32}},
};

uint32_t Rounded(float x) {
  const auto bits = std::bit_cast<uint32_t>(x);
  return std::isnan(x) ? 0x7fc00000u : (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000u;
}

/// The definition, element by element.
std::string Definition(const PackArgs& args, const Layout& layout) {
  const bool reduced = args.precision == GemmPrecision::kBfloat16;
  const bool pairs = reduced && layout.pairs;
  const int64_t depth = reduced ? layout.depth : 1;
  const int64_t k = (args.k + depth - 1) / depth * depth;
  const int64_t rows = args.n / args.parts;
  const int64_t panels = (rows + layout.panel - 1) / layout.panel;  // of a part
  std::string bytes(static_cast<size_t>(args.parts * panels * k * layout.panel * (pairs ? 2 : 4)), '?');
  for (int64_t panel = 0; panel < args.parts * panels; ++panel) {
    for (int64_t i = 0; i < k; ++i) {
      for (int64_t column = 0; column < layout.panel; ++column) {
        const int64_t row = panel % panels * layout.panel + column;
        const bool inside = row < rows && i < args.k;
        const float value = inside ? args.weights[(panel / panels * rows + row) * args.k + i] : 0.0f;
        const uint32_t bits = reduced ? Rounded(value) : std::bit_cast<uint32_t>(value);
        const int64_t begin = panel * k * layout.panel;
        if (pairs) {
          const auto half = static_cast<uint16_t>(bits >> 16);
          const int64_t place = begin + (i / 2 * layout.panel + column) * 2 + i % 2;
          std::memcpy(bytes.data() + 2 * place, &half, sizeof half);
        } else {
          std::memcpy(bytes.data() + 4 * (begin + i * layout.panel + column), &bits, sizeof bits);
        }
      }
    }
  }
  return bytes;
}

/// Numbers that round up, down and to even, and the ends of the range.
std::vector<float> DifficultFloats(int64_t count) {
  std::vector<float> values = RandomFloats(count, 5);
  const float difficult[] = {0.0f,
                             -0.0f,
                             std::numeric_limits<float>::denorm_min(),
                             -1.2e-39f,
                             std::numeric_limits<float>::max(),
                             -std::numeric_limits<float>::infinity(),
                             std::numeric_limits<float>::quiet_NaN(),
                             std::bit_cast<float>(0x3f808000u),
                             std::bit_cast<float>(0x3f818000u),
                             std::bit_cast<float>(0xbf807fffu)};
  for (size_t i = 0; i < std::size(difficult); ++i) {
    values[(7 * i) % values.size()] = difficult[i];
  }
  return values;
}

class Rows : public MatrixRows {
 public:
  Rows(const std::vector<float>& values, int64_t k) : values_(values), k_(k) {}

  void Read(int64_t first, int64_t count, int64_t stride, float* out) const override {
    for (int64_t row = 0; row < count; ++row) {
      std::memcpy(out + row * stride, &values_[static_cast<size_t>((first + row) * k_)],
                  static_cast<size_t>(k_) * sizeof(float));
    }
  }

 private:
  const std::vector<float>& values_;
  int64_t k_;
};

std::string Bytes(const PackedMatrix& packed, size_t size) {
  return {reinterpret_cast<const char*>(packed.data.get()), size};
}

TEST_P(KernelsTest, PacksAsDefinedWhereverRowsComeFrom) {
  ASSERT_TRUE(kLayouts.contains(kernels.name)) << "a new kernel set: " << kernels.name;
  for (const auto& [n, k, parts] : std::vector<std::array<int64_t, 3>>{
           {64, 48, 1}, {1, 1, 1}, {70, 37, 2}, {96, 64, 2}, {33, 100, 1}, {15, 5, 3}}) {
    const std::vector<float> weights = DifficultFloats(n * k);
    const Rows rows(weights, k);
    for (const GemmPrecision precision : {GemmPrecision::kFloat32, GemmPrecision::kBfloat16}) {
      SCOPED_TRACE(testing::Message() << n << " x " << k << " in " << parts);
      PackArgs args{.weights = weights.data(), .n = n, .k = k, .precision = precision, .parts = parts};
      const std::string expected = Definition(args, kLayouts.at(kernels.name));
      EXPECT_TRUE(Bytes(kernels.pack(args), expected.size()) == expected);

      args = {.rows = &rows, .n = n, .k = k, .precision = precision, .parts = parts};
      PackedMatrix packed = kernels.allocate(args);
      for (int64_t panel = packed.panels; panel > 0; --panel) {
        kernels.fill(args, panel - 1, panel, packed);
      }
      EXPECT_TRUE(Bytes(packed, expected.size()) == expected);
    }
  }
}

}  // namespace
}  // namespace vffn::kernels
