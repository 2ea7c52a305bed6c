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

/// Converts tensor TYPE.`stored` of a fixture and compares the result with tensor TYPE.values.
void ExpectEqualsFixture(const std::string& fixture, const std::string& type, const std::string& stored) {
  const std::filesystem::path path = TestData("weights/" + fixture);
  const MappedFile file(path);
  std::map<std::string, TensorView> tensors;
  for (const TensorView& tensor : ReadSafetensors(file.bytes(), path.string())) {
    tensors[tensor.name] = tensor;
  }
  const std::vector<float> expected = Values(tensors.at(type + ".values"));
  std::vector<float> values(expected.size());
  ConvertToFloat(*ElementTypeNamed(type), tensors.at(type + "." + stored).bytes.data(),
                 static_cast<int64_t>(values.size()), values.data());
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_TRUE(SameBits(values[i], expected[i]))
        << "element " << i << ": " << values[i] << " for " << expected[i];
  }
}

class BlockType : public testing::TestWithParam<const char*> {};

TEST_P(BlockType, EqualsGgufPyBitForBit) {
  ExpectEqualsFixture("ggml_blocks.safetensors", GetParam(), "blocks");
}

INSTANTIATE_TEST_SUITE_P(All, BlockType,
                         testing::Values("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K",
                                         "BF16"),
                         [](const auto& info) { return std::string(info.param); });

class LowBitBlockType : public testing::TestWithParam<const char*> {};

TEST_P(LowBitBlockType, EqualsGgufPyBitForBit) {
  ExpectEqualsFixture("ggml_low_bit_blocks.safetensors", GetParam(), "blocks");
}

INSTANTIATE_TEST_SUITE_P(All, LowBitBlockType,
                         testing::Values("Q2_K", "Q3_K", "IQ4_NL", "IQ4_XS", "MXFP4", "TQ1_0", "TQ2_0"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Float8, IsPyTorchsForAllValues) {
  ExpectEqualsFixture("float8.safetensors", "F8_E4M3", "floats");
  ExpectEqualsFixture("float8.safetensors", "F8_E5M2", "floats");
}

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
