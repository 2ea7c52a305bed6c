#include "model/weights/float_conversion.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "base/mapped_file.h"
#include "model/weights/safetensors_file.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

bool SameBits(float a, float b) {
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b) || (std::isnan(a) && std::isnan(b));
}

class BlockType : public testing::TestWithParam<const char*> {};

TEST_P(BlockType, EqualsGgufPyBitForBit) {
  const std::filesystem::path path = TestData("weights/ggml_blocks.safetensors");
  const MappedFile file(path);
  std::map<std::string, TensorView> tensors;
  for (const TensorView& tensor : ReadSafetensors(file.bytes(), path.string())) {
    tensors[tensor.name] = tensor;
  }
  const std::string name = GetParam();
  const TensorView& blocks = tensors.at(name + ".blocks");
  const std::vector<float> expected = Values(tensors.at(name + ".values"));
  std::vector<float> values(expected.size());
  ConvertToFloat(*ElementTypeNamed(name), blocks.bytes.data(), static_cast<int64_t>(values.size()),
                 values.data());
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_TRUE(SameBits(values[i], expected[i]))
        << "element " << i << ": " << values[i] << " for " << expected[i];
  }
}

INSTANTIATE_TEST_SUITE_P(All, BlockType,
                         testing::Values("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K",
                                         "BF16"),
                         [](const auto& info) { return std::string(info.param); });

TEST(HalfToFloat, IsExactForAllHalves) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const int exponent = half >> 10 & 31;
    const int fraction = half & 1023;
    const float sign = half >> 15 ? -1.0f : 1.0f;
    float expected = std::ldexp(sign * static_cast<float>(exponent == 0 ? fraction : fraction + 1024),
                                exponent == 0 ? -24 : exponent - 25);
    if (exponent == 31) {
      expected = fraction == 0 ? sign * std::numeric_limits<float>::infinity() : std::nanf("");
    }
    float value;
    ConvertToFloat(ElementType::kF16, reinterpret_cast<const char*>(&half), 1, &value);
    ASSERT_TRUE(SameBits(value, expected)) << "half " << bits << ": " << value << " for " << expected;
  }
}

TEST(ConvertToFloat, RoundsDoublesAndRefusesIntegers) {
  const double value = 0.1;
  float out;
  ConvertToFloat(ElementType::kF64, reinterpret_cast<const char*>(&value), 1, &out);
  EXPECT_EQ(out, 0.1f);
  EXPECT_THROW(ConvertToFloat(ElementType::kI64, reinterpret_cast<const char*>(&value), 1, &out), Error);
}

}  // namespace
}  // namespace vffn
