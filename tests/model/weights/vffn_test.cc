#include "model/config_file.h"
#include "model/weights/safetensors_writer.h"
#include "tests/model/random_checkpoint.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

ModelConfig Config(const char* name) {
  return ReadModelConfig(std::filesystem::path(VFFN_TESTS_DIR).parent_path() / "configs" / name);
}

/// Writes `config` and the parameters that `written` has, with random values.
void WriteFolder(const std::filesystem::path& folder, const ModelConfig& config, const ModelConfig& written) {
  const RandomCheckpoint weights(written);
  const std::vector<ParameterSpec> specs = ParameterSpecs(written);
  std::vector<std::vector<float>> values;
  std::vector<TensorView> tensors;
  for (const ParameterSpec& spec : specs) {
    values.push_back(ReadParameter(weights, spec));
  }
  for (size_t i = 0; i < specs.size(); ++i) {
    tensors.push_back(TensorOf(specs[i].name, specs[i].shape, std::span<const float>(values[i])));
  }
  WriteFile(folder / "model.json", ModelConfigText(config));
  WriteSafetensors(folder / "model.safetensors", tensors);
}

TEST(VffnCheckpoint, ReadsEveryKind) {
  for (const char* name : {"tiny-base.json", "tiny-moe.json", "tiny-4-loop.json", "tiny-versatile.json"}) {
    ModelConfig config = Config(name);
    config.norm_epsilon = 1.0f / 3;
    const TemporaryFolder folder;
    WriteFolder(folder.path(), config, config);
    const auto checkpoint = OpenCheckpoint(folder.path());
    EXPECT_EQ(checkpoint->format(), "vffn");
    EXPECT_EQ(checkpoint->config(), config);
    EXPECT_EQ(checkpoint->files(),
              (std::vector<std::filesystem::path>{folder / "model.json", folder / "model.safetensors"}));
    ExpectSameWeights(RandomCheckpoint(config), *checkpoint);
  }
}

TEST(VffnCheckpoint, KeepsReadingsAndProbesAndTakesModelArgs) {
  ModelConfig config = Config("tiny-versatile.json");
  config.ffn.expert_slices = Reading::kPaper;
  config.ffn.probes.loops = 3;
  const TemporaryFolder folder;
  WriteFolder(folder.path(), config, config);
  EXPECT_EQ(OpenCheckpoint(folder.path())->config(), config);
  const auto changed = OpenCheckpoint(folder.path(), "top_k=4,loops=0");
  EXPECT_EQ(changed->config().ffn.top_k, 4);
  EXPECT_EQ(changed->config().ffn.probes.loops, 0);
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path(), "top_k=9"); }),
              AllOf(StartsWith("--model_args top_k=9 ("), HasSubstr("top_k is 9, should be 1 to 8")));
}

TEST(VffnCheckpoint, AccountsForEveryTensor) {
  const ModelConfig base = Config("tiny-base.json");
  const ModelConfig moe = Config("tiny-moe.json");
  const TemporaryFolder folder;
  WriteFolder(folder.path(), moe, base);
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path()); }),
              AllOf(HasSubstr("model.safetensors: the tensors do not fit"),
                    HasSubstr("missing: layers.2.experts_in.weight [256, 64]")));
  WriteFolder(folder.path(), base, moe);
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path()); }),
              HasSubstr("unknown: layers.0.router.weight [8, 64]"));
  std::filesystem::remove(folder / "model.safetensors");
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path()); }),
              EndsWith("has model.json, but no model.safetensors"));
  WriteFile(folder / "model.json", "{}");
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path()); }), EndsWith("model.json: d_model is missing"));
}

}  // namespace
}  // namespace vffn
