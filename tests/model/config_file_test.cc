#include "model/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "model/parameters.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::filesystem::path kConfigs = std::filesystem::path(VFFN_TESTS_DIR).parent_path() / "configs";

ModelConfig Named(const std::string& name) { return ReadModelConfig(kConfigs / (name + ".json")); }

TEST(ReadModelConfig, ReadsWhatIsWritten) {
  const TemporaryFolder folder;
  ModelConfig config = Named("tiny-versatile");
  config.ffn.probes.lambda = 0.25;
  config.ffn.gate = Reading::kPaper;
  WriteFile(folder / "model.json", ModelConfigText(config));
  EXPECT_EQ(ReadModelConfig(folder / "model.json"), config);
}

TEST(ReadModelConfig, NamesFileAndField) {
  const TemporaryFolder folder;
  const std::string path = folder / "model.json";
  const auto error = [&](const char* field, const Json& value) {
    Json json = ReadJsonFile(kConfigs / "tiny-moe.json");
    json[field] = value;
    WriteFile(path, json.dump());
    return ErrorOf([&] { ReadModelConfig(path); });
  };
  EXPECT_EQ(error("top_k", 2), "");
  EXPECT_EQ(error("top_k", 9), path + ": top_k is 9, should be 1 to 8");
  EXPECT_EQ(error("d_model", "64"), path + ": d_model is \"64\", should be a whole number");
  EXPECT_THAT(error("max_loops", 4), StartsWith(path + ": max_loops: unknown field"));
  EXPECT_THAT(ErrorOf([&] { ReadModelConfig(folder / "none.json"); }), HasSubstr("none.json"));
}

// Table 2 of the paper, in millions.
TEST(Configs, HaveThePapersParameterCounts) {
  const std::pair<const char*, double> printed[] = {
      {"354m-base", 354.71},   {"354m-moe", 543.59},    {"354m-2-loop", 354.71},
      {"354m-4-loop", 354.71}, {"354m-6-loop", 354.71}, {"354m-versatile", 354.90},
      {"720m-base", 720.81},   {"720m-moe", 1145.69},   {"720m-2-loop", 720.81},
      {"720m-4-loop", 720.81}, {"720m-6-loop", 720.81}, {"720m-versatile", 721.09},
  };
  for (const auto& [name, millions] : printed) {
    EXPECT_EQ(std::round(static_cast<double>(ParameterCount(Named(name))) / 1e4) / 100, millions) << name;
  }
  EXPECT_EQ(ParameterCount(Named("354m-moe")), 543594496);
  EXPECT_EQ(ParameterCount(Named("720m-moe")), 1145693184);
}

TEST(Configs, AreNamedForTheirKindAndLoops) {
  for (const char* scale : {"354m", "720m", "tiny"}) {
    const std::string name(scale);
    const ModelConfig base = Named(name + "-base");
    EXPECT_EQ(base.ffn, FfnConfig());
    const FfnConfig moe{
        .kind = FfnKind::kMoe, .n_experts = 8, .top_k = 2, .expert_hidden_size = base.ffn_hidden_size / 8};
    FfnConfig versatile = moe;
    versatile.kind = FfnKind::kVersatile;
    versatile.max_loops = 4;
    for (const auto& [suffix, ffn] :
         {std::pair("-moe", moe), std::pair("-versatile", versatile),
          std::pair("-4-loop", FfnConfig{.kind = FfnKind::kKLoop, .max_loops = 4})}) {
      ModelConfig expected = base;
      expected.ffn = ffn;
      EXPECT_EQ(Named(name + suffix), expected) << name << suffix;
    }
  }
  EXPECT_EQ(Named("354m-2-loop").ffn.max_loops, 2);
  EXPECT_EQ(Named("720m-6-loop").ffn.max_loops, 6);
}

// What the release's model class counts at many sizes, varied from the configurations here.
TEST(Configs, CountAsTheReleasedModel) {
  const Json cases =
      ReadJsonFile(std::filesystem::path(VFFN_TESTS_DIR) / "testdata/oracles/param_counts.json");
  ASSERT_EQ(cases.size(), 15);
  for (const Json& expected : cases) {
    const bool versatile = expected["block_type"] == "versatilevffn";
    const std::string scale = expected["d_model"] == 1024 ? "354m" : "720m";
    ModelConfig config = Named(scale + (versatile ? "-versatile" : "-base"));
    EXPECT_EQ(config.d_model, expected["d_model"]);
    EXPECT_EQ(config.n_layers, expected["n_layers"]);
    EXPECT_EQ(config.n_heads, expected["n_heads"]);
    config.ffn_hidden_size = expected["ff_out_shape"][1];
    if (versatile) {
      config.ffn.n_experts = expected["total_experts"];
      config.ffn.top_k = expected["active_experts"];
      config.ffn.max_loops = expected["max_loops"];
      config.ffn.expert_hidden_size = config.ffn_hidden_size / config.ffn.n_experts;
    }
    Validate(config, expected["label"]);
    EXPECT_EQ(ParameterCount(config), expected["num_params"]) << expected["label"];
  }
}

}  // namespace
}  // namespace vffn
