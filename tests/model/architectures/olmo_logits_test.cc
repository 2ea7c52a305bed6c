// Models in OLMo's own layout give the logits that OLMo computes from them (tests/golden/olmo).
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "model/logits.h"
#include "model/weights/checkpoint.h"
#include "tests/model/architectures/golden_models.h"
#include "tests/model/test_device.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

const Json& Goldens() {
  static const Json goldens =
      ReadJsonFile(std::filesystem::path(VFFN_TESTS_DIR) / "golden" / "olmo" / "logits.json");
  return goldens;
}

std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  for (const auto& [name, model] : Goldens().at("cases").items()) {
    names.push_back(name);
  }
  return names;
}

class OlmoLogits : public testing::TestWithParam<std::string> {};

TEST_P(OlmoLogits, AreThoseOfOlmo) {
  const Json& model = Goldens().at("cases").at(GetParam());
  const TemporaryFolder folder;
  WriteFile(folder / "config.yaml", model.at("yaml").get<std::string>());
  WriteGoldenTensors(folder / "model.safetensors", model.at("tensors"));
  const auto checkpoint = OpenCheckpoint(folder.path());
  const auto sequences = Goldens().at("sequences").get<std::vector<std::vector<int32_t>>>();
  const auto rows = model.at("rows").get<std::vector<std::pair<size_t, size_t>>>();
  const auto expected = model.at("float32").get<std::vector<std::vector<float>>>();
  for (const Backend backend : {Backend::kAuto, Backend::kTorch}) {
    const LogitsTable table = ComputeLogits(*checkpoint, sequences, 0, {.compute = OnTestDevice(backend)});
    for (size_t r = 0; r < rows.size(); ++r) {
      const size_t row = rows[r].first * static_cast<size_t>(table.length) + rows[r].second;
      ASSERT_EQ(static_cast<size_t>(table.vocabulary), expected[r].size());
      for (size_t v = 0; v < expected[r].size(); ++v) {
        EXPECT_NEAR(table.logits[row * expected[r].size() + v], expected[r][v], 1e-4)
            << "row " << r << ", token " << v << (backend == Backend::kTorch ? ", LibTorch" : ", kernels");
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, OlmoLogits, testing::ValuesIn(CaseNames()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace vffn
