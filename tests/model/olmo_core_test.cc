// Checkpoints of OLMo-core's trainer, sharded over two processes: tests/testdata/weights/olmo_core.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/json.h"
#include "base/mapped_file.h"
#include "model/logits.h"
#include "model/weights/safetensors_file.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

fs::path OlmoCore(const std::string& model) {
  return fs::path(VFFN_TESTS_DIR) / "testdata" / "weights" / "olmo_core" / model;
}

class OlmoCoreModel : public testing::TestWithParam<const char*> {};

TEST_P(OlmoCoreModel, HasTheLogitsThatOlmoCoreComputed) {
  const MappedFile file(OlmoCore(GetParam()) / "expected.safetensors");
  std::vector<float> expected;
  std::vector<int32_t> ids;
  for (const TensorView& tensor : ReadSafetensors(file.bytes(), "expected")) {
    if (tensor.name == "logits") {
      const auto* values = reinterpret_cast<const float*>(tensor.bytes.data());
      expected.assign(values, values + tensor.bytes.size() / sizeof(float));
    } else {
      const auto* values = reinterpret_cast<const int64_t*>(tensor.bytes.data());
      ids.assign(values, values + tensor.bytes.size() / sizeof(int64_t));
    }
  }
  const auto checkpoint = OpenCheckpoint(OlmoCore(GetParam()));
  EXPECT_EQ(checkpoint->format(), "olmo_core");
  EXPECT_EQ(checkpoint->config().max_sequence_length, 64);
  const LogitsTable table = ComputeLogits(*checkpoint, {ids}, 0, {});
  ASSERT_EQ(table.logits.size(), expected.size());
  double worst = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, static_cast<double>(std::abs(table.logits[i] - expected[i])));
  }
  EXPECT_LT(worst, 2e-5);  // the order of summation: up to 2e-6 on these models
}

INSTANTIATE_TEST_SUITE_P(Every, OlmoCoreModel, testing::Values("llama", "qwen3", "olmo2", "olmo3"),
                         [](const auto& info) { return std::string(info.param); });

/// A copy of a fixture, to be damaged.
class OlmoCoreFolder : public testing::Test {
 protected:
  OlmoCoreFolder() {
    fs::copy(OlmoCore("olmo2"), folder_.path(), fs::copy_options::recursive);
    config_ = ReadJsonFile(folder_.path() / "config.json");
  }

  std::string Error() const {
    WriteFile(folder_.path() / "config.json", config_.dump());
    try {
      OpenCheckpoint(folder_.path());
    } catch (const vffn::Error& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
  Json config_;
};

TEST_F(OlmoCoreFolder, ErrorsSayWhatItIsAndHowToConvertIt) {
  EXPECT_EQ(Error(), "");
  Json& block = config_["model"]["block"];
  block["name"] = "peri_norm";
  EXPECT_THAT(Error(),
              AllOf(HasSubstr("OLMo-core checkpoint: "), HasSubstr("model.block.name = \"peri_norm\""),
                    HasSubstr("convert_checkpoint_to_hf.py")));
  block["name"] = "reordered_norm";
  block["sequence_mixer"]["rope"]["scaling"] = {{"factor", 8.0}};
  EXPECT_THAT(Error(), HasSubstr("model.block.sequence_mixer.rope.scaling is not supported"));
  block["sequence_mixer"]["rope"].erase("scaling");
  block["sequence_mixer"]["new_kind_of_arithmetic"] = 1;
  EXPECT_THAT(Error(), HasSubstr("model.block.sequence_mixer.new_kind_of_arithmetic"));
  block["sequence_mixer"].erase("new_kind_of_arithmetic");
  block["attention"] = block["sequence_mixer"];  // the name in OLMo-core 1 and 2
  block.erase("sequence_mixer");
  EXPECT_EQ(Error(), "");
  config_["model"].erase("block");
  EXPECT_THAT(Error(), AllOf(HasSubstr("OLMo-core checkpoint: "), HasSubstr("model.block is missing")));
}

TEST_F(OlmoCoreFolder, DamagedAndMissingFilesAreNamed) {
  const fs::path part = folder_.path() / "model_and_optim" / "__1_0.distcp";
  const std::string bytes = ReadFile(part);
  WriteFile(part, bytes.substr(0, bytes.size() - 100));
  EXPECT_THAT(Error(), HasSubstr("__1_0.distcp: truncated: a part of tensor model."));
  fs::remove(part);
  EXPECT_THAT(Error(), HasSubstr("__1_0.distcp: this file is missing"));
  const fs::path metadata = folder_.path() / "model_and_optim" / ".metadata";
  WriteFile(metadata, "");
  EXPECT_THAT(Error(), HasSubstr(".metadata: the file is empty"));
  fs::remove(metadata);
  EXPECT_THAT(Error(), HasSubstr("model_and_optim: has no .metadata"));
}

TEST_F(OlmoCoreFolder, FlippedBitsOfTheMetadataAreRefusedOrHarmless) {
  const fs::path metadata = folder_.path() / "model_and_optim" / ".metadata";
  const std::string bytes = ReadFile(metadata);
  int refused = 0;
  for (size_t at = 0; at < bytes.size(); at += 211) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    WriteFile(metadata, damaged);
    refused += Error().empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 10);
  for (size_t size = 1; size < bytes.size(); size += 997) {
    WriteFile(metadata, bytes.substr(0, size));
    EXPECT_NE(Error(), "") << "cut at byte " << size;
  }
}

}  // namespace
}  // namespace vffn
