// The layout of the released VersatileFFN.
#include <limits>

#include "base/json.h"
#include "base/mapped_file.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/safetensors_writer.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kRouter[] = "transformer.blocks.0.expert_gate.weight";
constexpr char kLoopHead[] = "transformer.blocks.0.depth_predictor.weight";

std::filesystem::path OracleFolder(const std::string& name) {
  return TestData("oracles/" + name + "/checkpoint");
}

/// A VersatileFFN oracle (N 8, L 4, d 64, F 128), to be changed and written out.
class VersatileFolder : public testing::Test {
 protected:
  VersatileFolder()
      : weights_(OracleFolder("vffn_e8k2l4") / "model.safetensors"),
        config_(ReadFile(OracleFolder("vffn_e8k2l4") / "config.yaml")),
        tensors_(ReadSafetensors(weights_.bytes(), "oracle")) {}

  std::unique_ptr<Checkpoint> Open(std::string_view model_args = "") {
    WriteFile(folder_ / "config.yaml", config_);
    WriteSafetensors(folder_ / "model.safetensors", tensors_);
    return OpenCheckpoint(folder_.path(), model_args);
  }

  std::string OpenError(std::string_view model_args = "") {
    return ErrorOf([&] { Open(model_args); });
  }

  void Replace(const std::string& from, const std::string& to) {
    const size_t at = config_.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    config_.replace(at, from.size(), to);
  }

  TensorView& Tensor(const std::string& name) {
    return *std::ranges::find(tensors_, name, &TensorView::name);
  }

  void Remove(const std::string& name) {
    std::erase_if(tensors_, [&](const TensorView& tensor) { return tensor.name == name; });
  }

  TemporaryFolder folder_;
  MappedFile weights_;
  std::string config_;
  std::vector<TensorView> tensors_;
};

TEST(OlmoVersatile, ReadsTheOracles) {
  for (const std::string name : {"vffn_e8k2l4", "vffn_e16k4l6", "vffn_e4k1l2", "upcycle_e8k2l4"}) {
    const Json meta = ReadJsonFile(OracleFolder(name).parent_path() / "meta.json");
    const int64_t k = meta["active_experts"];
    const int64_t n = meta["total_experts"];
    const auto checkpoint = OpenCheckpoint(OracleFolder(name), "top_k=" + std::to_string(k));
    const ModelConfig& config = checkpoint->config();
    EXPECT_EQ(config.ffn, (FfnConfig{.kind = FfnKind::kVersatile,
                                     .n_experts = n,
                                     .top_k = k,
                                     .expert_hidden_size = meta["ffn_hidden"].get<int64_t>() / n,
                                     .max_loops = meta["max_loops"]}))
        << name;
    EXPECT_EQ(ParameterCount(config), meta["num_params"]);
    for (const ParameterSpec& spec : ParameterSpecs(config)) {
      ReadParameter(*checkpoint, spec);
    }
  }
}

TEST_F(VersatileFolder, HeadsAreRouterAndLoopHead) {
  const auto checkpoint = Open("top_k=2");
  EXPECT_EQ(ReadParameter(*checkpoint, {"layers.0.router.weight", {8, 64}}), Values(Tensor(kRouter)));
  EXPECT_EQ(ReadParameter(*checkpoint, {"layers.0.loop_head.weight", {4, 64}}), Values(Tensor(kLoopHead)));
}

TEST_F(VersatileFolder, TakesBothNamesOfTheBlock) {
  Replace("block_type: versatilevffn", "block_type: versatile");
  EXPECT_EQ(OpenError("top_k=2"), "");
}

TEST_F(VersatileFolder, TopKComesFromModelArgsOrEitherSection) {
  EXPECT_THAT(OpenError(), AllOf(HasSubstr("config.yaml: does not say how many of the 8 experts"),
                                 HasSubstr("--model_args top_k=K (the paper's models: 2)")));
  const std::string plain = config_;
  config_ = plain + "vffn:\n  top_k: 3\n";
  EXPECT_EQ(Open()->config().ffn.top_k, 3);
  EXPECT_EQ(Open("top_k=1")->config().ffn.top_k, 1);
  config_ = plain;
  Replace("  d_model: 64\n", "  d_model: 64\n  top_k: 5\n");
  EXPECT_EQ(Open()->config().ffn.top_k, 5);
  config_ += "vffn:\n  top_k: 5\n";
  EXPECT_THAT(OpenError(),
              EndsWith("config.yaml: vffn.top_k is 5, but model.top_k is there too: give one of them"));
}

TEST_F(VersatileFolder, OurSectionHoldsEveryFieldOfTheFfn) {
  config_ +=
      "vffn:\n  n_experts: 8\n  top_k: 2\n  max_loops: 4\n  expert_hidden_size: 10\n  gate: paper\n  tau: "
      "5e-1\n"
      "  lambda: null\n";
  FfnConfig expected{
      .kind = FfnKind::kVersatile, .n_experts = 8, .top_k = 2, .expert_hidden_size = 10, .max_loops = 4};
  expected.gate = Reading::kPaper;
  expected.tau = 0.5;
  EXPECT_EQ(Open()->config().ffn, expected);
}

TEST_F(VersatileFolder, RefusesMalformedKeys) {
  const std::string plain = config_;
  const auto error = [&](const std::string& section) {
    config_ = plain + section;
    return OpenError();
  };
  EXPECT_THAT(error("vffn:\n  top_k: two\n"),
              EndsWith("config.yaml: vffn.top_k: is 'two', should be a whole number"));
  EXPECT_THAT(error("vffn:\n  top_k: 02\n"), HasSubstr("vffn.top_k: 02 would be octal in YAML 1.1"));
  EXPECT_THAT(error("vffn:\n  topk: 2\n"),
              EndsWith("config.yaml: vffn.topk: unknown option (of a model whose ffn is versatile)"));
  EXPECT_THAT(error("vffn:\n  ffn: dense\n"), HasSubstr("vffn.ffn: unknown option"));
  EXPECT_THAT(error("vffn: 2\n"), EndsWith("config.yaml: vffn should be a mapping"));
  EXPECT_THAT(error("vffn:\n  top_k: 2\n  top_k: 2\n"), HasSubstr("duplicate key top_k"));
}

TEST_F(VersatileFolder, RefusesKeysThatContradictTheTensors) {
  const std::string plain = config_;
  const auto error = [&](const std::string& keys) {
    config_ = plain + "vffn:\n  top_k: 2\n" + keys;
    return OpenError();
  };
  EXPECT_THAT(
      error("  n_experts: 16\n"),
      EndsWith("config.yaml: vffn.n_experts is 16, but tensor transformer.blocks.0.expert_gate.weight is "
               "[8, 64]"));
  EXPECT_THAT(error("  max_loops: 6\n"), EndsWith("config.yaml: vffn.max_loops is 6, but tensor "
                                                  "transformer.blocks.0.depth_predictor.weight is [4, 64]"));
  EXPECT_THAT(
      error("  expert_hidden_size: 17\n"),
      AllOf(HasSubstr("expert_gate.weight [8, 64]"),
            HasSubstr("8 experts of 17 hidden units, one after the other, do not fit into an FFN of 128")));
  EXPECT_EQ(error("  expert_hidden_size: 17\n  expert_slices: paper\n"), "");  // Eq. 4's may overlap
}

TEST_F(VersatileFolder, RefusesTopKThatDoesNotFit) {
  EXPECT_THAT(OpenError("top_k=9"), AllOf(StartsWith("--model_args top_k=9 ("),
                                          HasSubstr("transformer.blocks.0.expert_gate.weight [8, 64]"),
                                          HasSubstr("top_k is 9, should be 1 to 8")));
  EXPECT_THAT(OpenError("top_k=-1"), HasSubstr("top_k is -1, should be 1 to 8"));
}

TEST_F(VersatileFolder, RefusesExpertsThatDoNotFit) {
  const std::vector<float> values(200 * 64);
  for (int layer = 0; layer < 3; ++layer) {
    const std::string name = "transformer.blocks." + std::to_string(layer) + ".expert_gate.weight";
    Tensor(name) = TensorOf(name, {200, 64}, std::span<const float>(values));
  }
  EXPECT_THAT(
      OpenError("top_k=2"),
      EndsWith("model.safetensors: tensor transformer.blocks.0.expert_gate.weight [200, 64] asks for 200 "
               "experts of an FFN with 128 hidden units"));
}

TEST_F(VersatileFolder, NamesMissingHeads) {
  const std::vector<TensorView> all = tensors_;
  Remove(kRouter);
  EXPECT_THAT(OpenError("top_k=2"),
              AllOf(HasSubstr("tensor transformer.blocks.0.expert_gate.weight [n_experts, 64] is missing"),
                    HasSubstr("--upcycle versatile")));
  tensors_ = all;
  Remove(kLoopHead);
  EXPECT_THAT(OpenError("top_k=2"),
              HasSubstr("tensor transformer.blocks.0.depth_predictor.weight [max_loops, 64] is missing"));
  tensors_ = all;
  Remove("transformer.blocks.2.depth_predictor.weight");
  EXPECT_THAT(OpenError("top_k=2"),
              HasSubstr("missing: transformer.blocks.2.depth_predictor.weight [4, 64]"));
}

TEST_F(VersatileFolder, NamesMisshapenHeads) {
  const std::vector<TensorView> all = tensors_;
  Tensor("transformer.blocks.1.expert_gate.weight").shape = {4, 128};
  EXPECT_THAT(OpenError("top_k=2"),
              HasSubstr("misshapen: transformer.blocks.1.expert_gate.weight is [4, 128], should be [8, 64]"));
  tensors_ = all;
  Tensor(kRouter).shape = {16, 32};
  EXPECT_THAT(
      OpenError("top_k=2"),
      HasSubstr("misshapen: transformer.blocks.0.expert_gate.weight is [16, 32], should be [16, 64]"));
  Tensor(kRouter).shape = {512};
  EXPECT_THAT(OpenError("top_k=2"),
              EndsWith("tensor transformer.blocks.0.expert_gate.weight is [512], should be [n_experts, 64]"));
  const std::vector<float> none;
  Tensor(kRouter) = TensorOf(kRouter, {0, 64}, std::span<const float>(none));
  EXPECT_THAT(OpenError("top_k=2"),
              AllOf(HasSubstr("expert_gate.weight [0, 64]"), HasSubstr("n_experts is 0")));
}

TEST_F(VersatileFolder, NamesANaNInALoopHead) {
  std::vector<float> values = Values(Tensor(kLoopHead));
  values[2 * 64 + 5] = std::numeric_limits<float>::quiet_NaN();
  Tensor(kLoopHead) = TensorOf(kLoopHead, {4, 64}, std::span<const float>(values));
  const auto checkpoint = Open("top_k=2");
  EXPECT_THAT(ErrorOf([&] {
                ReadParameter(*checkpoint, {"layers.0.loop_head.weight", {4, 64}});
              }),
              HasSubstr("tensor transformer.blocks.0.depth_predictor.weight holds nan at [2, 5]"));
}

TEST_F(VersatileFolder, HeadsOfASequentialBlockAreUnknown) {
  Replace("block_type: versatilevffn", "block_type: sequential");
  EXPECT_THAT(OpenError(), AllOf(HasSubstr("unknown: transformer.blocks.1.expert_gate.weight [8, 64]"),
                                 EndsWith("belong to a VersatileFFN: its block_type is versatilevffn")));
  config_ += "vffn:\n  top_k: 2\n";
  EXPECT_THAT(OpenError(),
              EndsWith("config.yaml: vffn.top_k: unknown option (of a model whose ffn is dense)"));
  Replace("  d_model: 64\n", "  d_model: 64\n  top_k: 5\n");
  EXPECT_THAT(OpenError(), HasSubstr("top_k: 5 (unknown option)"));
}

}  // namespace
}  // namespace vffn
