// GGUF files that llama.cpp's converter wrote of models of every family give the logits that transformers
// computes from the models (tests/golden/gguf).
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "base/mapped_file.h"
#include "model/logits.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/checkpoint.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

std::filesystem::path GgufFolder() { return std::filesystem::path(VFFN_TESTS_DIR) / "golden" / "gguf"; }

const Json& Recorded() {
  static const Json recorded = ReadJsonFile(GgufFolder() / "logits.json");
  return recorded;
}

std::vector<std::string> FileNames() {
  std::vector<std::string> names;
  for (const auto& [name, rows] : Recorded().at("float32").items()) {
    names.push_back(name);
  }
  return names;
}

class GgufLogits : public testing::TestWithParam<std::string> {};

TEST_P(GgufLogits, AreThoseOfTheConvertedModel) {
  const auto checkpoint = OpenCheckpoint(GgufFolder() / (GetParam() + ".gguf"));
  const auto sequences = Recorded().at("sequences").get<std::vector<std::vector<int32_t>>>();
  const auto rows = Recorded().at("rows").get<std::vector<std::pair<size_t, size_t>>>();
  const auto expected = Recorded().at("float32").at(GetParam()).get<std::vector<std::vector<float>>>();
  for (size_t sequence = 0; sequence < sequences.size(); ++sequence) {
    const LogitsTable table = ComputeLogits(*checkpoint, {sequences[sequence]}, 0, {});
    for (size_t r = 0; r < rows.size(); ++r) {
      if (rows[r].first != sequence) {
        continue;
      }
      ASSERT_EQ(static_cast<size_t>(table.vocabulary), expected[r].size());
      for (size_t v = 0; v < expected[r].size(); ++v) {
        EXPECT_NEAR(table.logits[rows[r].second * expected[r].size() + v], expected[r][v], 1e-4)
            << "sequence " << sequence << ", position " << rows[r].second << ", token " << v;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, GgufLogits, testing::ValuesIn(FileNames()),
                         [](const auto& info) { return info.param; });

TEST(GgufGoldens, HaveEveryGgufArchitecture) {
  std::set<std::string> read;
  for (const std::string& name : FileNames()) {
    const MappedFile file(GgufFolder() / (name + ".gguf"));
    read.insert(*GgufFile(file.bytes(), name).String("general.architecture"));
  }
  std::set<std::string> known;
  for (const Architecture& architecture : Architectures()) {
    if (architecture.gguf) {
      known.insert(architecture.gguf->name);
    }
  }
  EXPECT_EQ(read, known);
}

}  // namespace
}  // namespace vffn
