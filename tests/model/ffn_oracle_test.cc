// VersatileFFN, as the authors' code computes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/logits.h"
#include "tests/model/oracle.h"
#include "tests/model/test_device.h"

namespace vffn {
namespace {

// Two float32 implementations of these models differ by up to 2.4e-5 (order of summation).
constexpr double kActivations = 1e-4;

struct OracleCase {
  std::string name;
  Backend backend;
  bool masked;
};

class FfnOracleTest : public testing::TestWithParam<OracleCase> {
 protected:
  ComputeOptions compute() const { return OnTestDevice(GetParam().backend, {.masked = GetParam().masked}); }
};

std::vector<OracleCase> Cases(const std::vector<std::string>& names) {
  std::vector<OracleCase> cases;
  for (const std::string& name : names) {
    cases.push_back({name, Backend::kAuto, false});
    cases.push_back({name, Backend::kAuto, true});
    cases.push_back({name, Backend::kTorch, false});
    cases.push_back({name, Backend::kTorch, true});
  }
  return cases;
}

std::string NameOfCase(const testing::TestParamInfo<OracleCase>& info) {
  return info.param.name + (info.param.backend == Backend::kTorch ? "_torch" : "") +
         (info.param.masked ? "_masked" : "");
}

INSTANTIATE_TEST_SUITE_P(
    Versatile, FfnOracleTest,
    testing::ValuesIn(Cases({"vffn_e8k2l4", "vffn_e16k4l6", "vffn_e4k1l2", "upcycle_e8k2l4"})), NameOfCase);

class ForcedLoopsOracleTest : public FfnOracleTest {};

INSTANTIATE_TEST_SUITE_P(Versatile, ForcedLoopsOracleTest,
                         testing::ValuesIn(Cases({"vffn_e8k2l4", "vffn_e16k4l6", "vffn_e4k1l2"})),
                         NameOfCase);

/// Compares the rows of real tokens: those of pads have no guarded decisions, and nothing depends on them.
class Comparison {
 public:
  Comparison(const OracleInput& input, const LogitsTable& table) : input_(input), table_(table) {}

  void ExpectNear(const std::string& name, const std::vector<float>& expected, double tolerance) const {
    ExpectNear(name, std::get<std::vector<float>>(table_.trace.at(name).values), expected, tolerance);
  }

  void ExpectNear(const std::string& name, const std::vector<float>& actual,
                  const std::vector<float>& expected, double tolerance) const {
    ASSERT_EQ(actual.size(), expected.size()) << name;
    double worst = 0;
    ForEachRealValue(expected.size(), [&](size_t i) {
      worst = std::max(worst, static_cast<double>(std::abs(actual[i] - expected[i])));
    });
    EXPECT_LT(worst, tolerance) << name;
  }

  template <class T>
  void ExpectSame(const std::string& name, const std::vector<T>& expected) const {
    const auto& actual = std::get<std::vector<T>>(table_.trace.at(name).values);
    ASSERT_EQ(actual.size(), expected.size()) << name;
    int64_t different = 0;
    ForEachRealValue(expected.size(), [&](size_t i) { different += actual[i] != expected[i]; });
    EXPECT_EQ(different, 0) << name;
  }

 private:
  template <class Visit>
  void ForEachRealValue(size_t size, Visit&& visit) const {
    const size_t width = size / input_.input_ids.size();
    for (int64_t row = 0; row < input_.batch; ++row) {
      const size_t begin = row * input_.length * width;
      for (size_t i = begin; i < begin + input_.lengths[row] * width; ++i) {
        visit(i);
      }
    }
  }

  const OracleInput& input_;
  const LogitsTable& table_;
};

TEST_P(FfnOracleTest, LogitsDecisionsAndBranchesAgreeWithTheReleasedCode) {
  const OracleFile eval(GetParam().name, "eval.safetensors");
  const OracleFile branches(GetParam().name, "eval_branches.safetensors");
  const OracleInput input(eval);
  const auto checkpoint = OpenCheckpoint(CheckpointFolder(GetParam().name), ModelArgs(GetParam().name));
  for (const int64_t batch_size : {1, 100}) {
    for (const TraceDetail detail : {TraceDetail::kDecisions, TraceDetail::kBranches}) {
      const LogitsTable table =
          ComputeLogits(*checkpoint, input.sequences, input.padding,
                        {.compute = compute(), .batch_size = batch_size, .trace = detail});
      const Comparison comparison(input, table);
      comparison.ExpectNear("logits", table.logits, eval.Floats("logits"), kActivations);
      for (int64_t i = 0; i < checkpoint->config().n_layers; ++i) {
        const std::string layer = "layer." + std::to_string(i) + ".";
        comparison.ExpectSame(layer + "loop_count", eval.Integers(layer + "loop_count"));
        comparison.ExpectSame(layer + "width_active", eval.Flags(layer + "width_active"));
        comparison.ExpectSame(layer + "expert_indices", eval.Integers(layer + "expert_indices"));
        comparison.ExpectNear(layer + "lambda_width", eval.Floats(layer + "lambda"), 1e-6);
        for (const char* name : {"depth_logits", "gate_logits", "expert_weights"}) {
          comparison.ExpectNear(layer + name, eval.Floats(layer + name), kActivations);
        }
        if (detail == TraceDetail::kDecisions) {
          EXPECT_FALSE(table.trace.contains(layer + "width_out_all"));
          continue;
        }
        for (const char* name : {"post_attn", "depth_out", "width_out"}) {
          comparison.ExpectNear(layer + name, eval.Floats(layer + name), kActivations);
        }
        comparison.ExpectSame(layer + "expert_indices_all", branches.Integers(layer + "expert_indices_all"));
        for (const char* name : {"width_out_all", "gate_logits_all", "expert_weights_all"}) {
          comparison.ExpectNear(layer + name, branches.Floats(layer + name), kActivations);
        }
      }
    }
  }
}

TEST_P(ForcedLoopsOracleTest, LogitsAgreeWithTheReleasedCode) {
  const OracleFile forced(GetParam().name, "forced_loops.safetensors");
  const OracleInput input(forced);
  const std::string folder = CheckpointFolder(GetParam().name);
  const std::string args = ModelArgs(GetParam().name);
  const int64_t most = OpenCheckpoint(folder, args)->config().ffn.max_loops;
  for (int64_t loops = 1; loops <= most; ++loops) {
    const auto checkpoint = OpenCheckpoint(folder, args + ",loops=" + std::to_string(loops));
    const LogitsTable table =
        ComputeLogits(*checkpoint, input.sequences, input.padding, {.compute = compute()});
    Comparison(input, table)
        .ExpectNear("logits of " + std::to_string(loops) + " loops", table.logits,
                    forced.Floats("logits.loops" + std::to_string(loops)), kActivations);
  }
}

}  // namespace
}  // namespace vffn
