// What the tests of the checkpoint readers share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/weights/checkpoint.h"
#include "model/weights/tensor_view.h"
#include "tests/base/temporary_folder.h"

namespace vffn {

inline std::filesystem::path TestData(const std::string& name) {
  return std::filesystem::path(VFFN_TESTS_DIR) / "testdata" / name;
}

inline int64_t Elements(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) {
    count *= size;
  }
  return count;
}

inline std::vector<float> ReadParameter(const Checkpoint& checkpoint, const ParameterSpec& spec) {
  std::vector<float> values(static_cast<size_t>(Elements(spec.shape)));
  checkpoint.Read(spec.name, values);
  return values;
}

/// All values of a vector, matrix, or a tensor of one element.
inline std::vector<float> Values(const TensorView& view) {
  std::vector<float> values(static_cast<size_t>(Elements(view.shape)));
  const size_t rows = view.shape.size() == 2 ? static_cast<size_t>(view.shape[0]) : 1;
  const size_t columns = rows == 0 ? 0 : values.size() / rows;
  for (size_t row = 0; row < rows && columns > 0; ++row) {
    ReadRow(view, static_cast<int64_t>(row), std::span(values).subspan(row * columns, columns));
  }
  return values;
}

/// Reads every parameter of both; all must be equal.
inline void ExpectSameWeights(const Checkpoint& a, const Checkpoint& b) {
  for (const ParameterSpec& spec : ParameterSpecs(a.config())) {
    EXPECT_EQ(ReadParameter(a, spec), ReadParameter(b, spec)) << spec.name;
  }
}

/// Gives `parse` every beginning of `bytes` up to `dense` bytes and every 97th after it, each in memory of
/// its own so that a sanitizer sees reads past the end; all must be refused.
inline void ExpectTruncationsRefused(const std::string& bytes, size_t dense,
                                     const std::function<void(std::string_view)>& parse) {
  for (size_t size = 0; size < bytes.size(); size += size < dense ? 1 : 97) {
    const std::vector<char> part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_THROW(parse(std::string_view(part.data(), part.size())), Error) << "cut at byte " << size;
  }
}

/// Gives `parse` the bytes with each bit among `positions` flipped, and with bytes there set to 0 and 255. It
/// may accept them or throw Error; anything else fails. Returns how many were refused.
inline int FlipBits(const std::string& bytes, size_t begin, size_t end,
                    const std::function<void(std::string_view)>& parse) {
  int refused = 0;
  std::vector<char> damaged(bytes.begin(), bytes.end());
  for (size_t at = begin; at < std::min(end, bytes.size()); ++at) {
    for (int change = 0; change < 10; ++change) {
      const auto old = static_cast<unsigned char>(bytes[at]);
      damaged[at] = static_cast<char>(change < 8 ? old ^ (1 << change) : (change == 8 ? 0 : 255));
      try {
        parse(std::string_view(damaged.data(), damaged.size()));
      } catch (const Error&) {
        ++refused;
      }
    }
    damaged[at] = bytes[at];
  }
  return refused;
}

}  // namespace vffn
