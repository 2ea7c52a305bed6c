// The converter for TensorBoard, read back by TensorBoard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "base/json.h"
#include "tests/base/temporary_folder.h"
#include "train/log/metrics_log.h"

namespace vffn {
namespace {

using testing::HasSubstr;

const std::filesystem::path kRun = VFFN_TESTS_DIR "/testdata/training/versatile";
constexpr const char* kConverter = VFFN_TESTS_DIR "/../train/log/to_tensorboard.py";

struct PythonRun {
  bool worked = false;
  std::string output;  ///< stdout and stderr
};

PythonRun RunPython(const std::string& arguments) {
  const char* chosen = std::getenv("VFFN_PYTHON");
  const std::string command = std::string(chosen != nullptr ? chosen : "python3") + " " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  PythonRun run;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    run.output += static_cast<char>(c);
  }
  run.worked = pclose(pipe) == 0;
  return run;
}

class ToTensorboard : public testing::Test {
 protected:
  void SetUp() override {
    if (!RunPython("-c 'import tensorboard'").worked) {
      GTEST_SKIP()
          << "the Python package tensorboard is missing: pip install tensorboard, and set VFFN_PYTHON to a "
             "Python that has it";
    }
  }

  PythonRun Convert(const std::filesystem::path& run) {
    return RunPython(std::string(kConverter) + " '" + run.string() + "' --output '" +
                     (folder_ / "events").string() + "'");
  }

  Json Events(const std::string& name) {
    return ParseJson(RunPython(VFFN_TESTS_DIR "/train/log/read_events.py '" +
                               (folder_ / "events" / name).string() + "' 2>/dev/null")
                         .output,
                     "read_events.py");
  }

  const TemporaryFolder folder_;
};

TEST_F(ToTensorboard, WritesWhatTheLogHas) {
  for (int time = 0; time < 2; ++time) {  // the second time replaces the first
    const PythonRun run = Convert(kRun);
    ASSERT_TRUE(run.worked) << run.output;
  }
  const Json events = Events("versatile");
  const std::vector<StepMetrics> steps = ReadMetrics(kRun);
  ASSERT_EQ(events.at("train/loss").size(), steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(events.at("train/loss")[i][0], steps[i].step);
    EXPECT_FLOAT_EQ(events.at("train/loss")[i][1], static_cast<float>(steps[i].loss));
    EXPECT_FLOAT_EQ(events.at("train/tau")[i][1], static_cast<float>(steps[i].tau.value()));
    EXPECT_FLOAT_EQ(events.at("layer_3/mean_loops")[i][1],
                    static_cast<float>(steps[i].layers[3].mean_loops.value()));
    // [low, high, share] of each loop count.
    EXPECT_EQ(events.at("layer_2/loops")[i][1][1],
              (std::vector{1.5, 2.5, steps[i].layers[2].loop_shares[1]}));
    EXPECT_EQ(events.at("layer_2/experts")[i][1][0],
              (std::vector{-0.5, 0.5, steps[i].layers[2].expert_load[0]}));
  }
  const EvaluationPoint last = ReadEvaluations(kRun).back();
  EXPECT_EQ(events.at("evaluation/held_out_loss").back()[0], last.step);
  EXPECT_FLOAT_EQ(events.at("evaluation/held_out_loss").back()[1],
                  static_cast<float>(last.held_out_loss.value()));
  EXPECT_FLOAT_EQ(events.at("evaluation/piqa/acc_norm").back()[1], static_cast<float>(last.tasks[0].score));
}

TEST_F(ToTensorboard, LeavesOutALineThatIsStillBeingWritten) {
  const std::string log = ReadFile(kRun / "metrics.jsonl");
  std::filesystem::create_directories(folder_ / "run");
  WriteFile(folder_ / "run/metrics.jsonl", log.substr(0, log.size() - 9));
  ASSERT_TRUE(Convert(folder_ / "run").worked);
  EXPECT_EQ(Events("run").at("train/loss").size(), ReadMetrics(kRun).size() - 1);
  EXPECT_EQ(Events("run").contains("evaluation/held_out_loss"), false);
}

TEST_F(ToTensorboard, SaysWhatIsNoRun) {
  const PythonRun run = Convert(folder_ / "nothing");
  EXPECT_FALSE(run.worked);
  EXPECT_THAT(run.output, HasSubstr("it has no metrics.jsonl"));
}

}  // namespace
}  // namespace vffn
