#include "train/run/process_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/train/launched_processes.h"

namespace vffn {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

// The variables that JoinProcessGroup reads, for one test.
class ProcessGroupTest : public testing::Test {
 protected:
  void SetUp() override { SetLaunch({}); }
  void TearDown() override { SetLaunch({}); }

  static void SetLaunch(const Environment& environment) {
    for (const char* name :
         {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_USE_AGENT_STORE"}) {
      unsetenv(name);
    }
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  }

  static std::string JoinError(const Environment& environment, const ProcessGroupLimits& limits = {}) {
    SetLaunch(environment);
    try {
      JoinProcessGroup(at::kCPU, limits);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(ProcessGroupTest, WithoutTorchrunIsAGroupOfOne) {
  SetLaunch({{"MASTER_ADDR", "somewhere"}});  // which some clusters set for every job
  const auto group = JoinProcessGroup(at::kCPU);
  EXPECT_EQ(group->rank(), 0);
  EXPECT_EQ(group->world_size(), 1);
  EXPECT_EQ(group->local_rank(), 0);
  at::Tensor values = at::tensor({1.5f, -2.0f});
  group->AllReduceSum(values);
  group->Broadcast(values);
  group->Barrier();
  EXPECT_TRUE(at::equal(values, at::tensor({1.5f, -2.0f})));
}

TEST_F(ProcessGroupTest, OneProcessOfTorchrunNeedsNoConnection) {
  SetLaunch({{"RANK", "0"}, {"WORLD_SIZE", "1"}, {"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", "1"}});
  EXPECT_EQ(JoinProcessGroup(at::kCPU)->world_size(), 1);
}

TEST_F(ProcessGroupTest, NamesTheVariableThatIsMissingOrMalformed) {
  const Environment good = {
      {"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", "29500"}};
  for (const auto& [name, value] : good) {
    Environment without = good;
    without.erase(name);
    EXPECT_THAT(JoinError(without), AllOf(HasSubstr(name), HasSubstr("not set")));
  }
  const auto with = [&](const std::string& name, const std::string& value) {
    Environment changed = good;
    changed[name] = value;
    return JoinError(changed);
  };
  EXPECT_THAT(with("RANK", "2"), HasSubstr("RANK is '2', expected a number from 0 to 1"));
  EXPECT_THAT(with("RANK", "-1"), HasSubstr("RANK is '-1'"));
  EXPECT_THAT(with("WORLD_SIZE", "two"), HasSubstr("WORLD_SIZE is 'two'"));
  EXPECT_THAT(with("WORLD_SIZE", "0"), HasSubstr("WORLD_SIZE is '0'"));
  EXPECT_THAT(with("LOCAL_RANK", "1.5"), HasSubstr("LOCAL_RANK is '1.5'"));
  EXPECT_THAT(with("MASTER_PORT", "29500 "), HasSubstr("MASTER_PORT is '29500 '"));
  EXPECT_THAT(with("MASTER_PORT", "65536"),
              HasSubstr("MASTER_PORT is '65536', expected a number from 1 to 65535"));
}

TEST_F(ProcessGroupTest, GivesUpWhenNobodyListensAtTheAddress) {
  const std::string port = std::to_string(FreePort());
  const std::string message =
      JoinError({{"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", port}},
                {.connect = milliseconds(1500)});
  EXPECT_THAT(message,
              AllOf(HasSubstr("process 1 of 2"), HasSubstr("127.0.0.1:" + port), HasSubstr("RANK=0")));
}

TEST_F(ProcessGroupTest, RankZeroGivesUpWhenNobodyJoins) {
  const std::string port = std::to_string(FreePort());
  const std::string message =
      JoinError({{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", port}},
                {.connect = milliseconds(1500)});
  EXPECT_THAT(message, AllOf(HasSubstr("process 0 of 2"), HasSubstr("1/2")));
}

// A program of another kind has the port, until the test ends: a thread of JoinProcessGroup still waits for its answer.
class ForeignListener {
 public:
  ForeignListener() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = std::to_string(ntohs(address.sin_port));
  }

  const std::string& port() const { return port_; }

 private:
  int socket_;
  std::string port_;
};

TEST_F(ProcessGroupTest, SaysThatAnotherProgramHasThePort) {
  const ForeignListener listener;
  Environment environment = {
      {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", listener.port()}};
  environment["RANK"] = "0";
  EXPECT_THAT(JoinError(environment, {.connect = milliseconds(1500)}),
              AllOf(HasSubstr("127.0.0.1:" + listener.port()), HasSubstr("already in use")));
  environment["RANK"] = "1";
  EXPECT_THAT(JoinError(environment, {.connect = milliseconds(1500)}),
              HasSubstr("127.0.0.1:" + listener.port()));
}

// What all processes printed, if it is the same apart from the first line (their ranks).
std::string CommonOutput(const std::vector<FinishedProcess>& processes) {
  std::vector<std::string> outputs;
  for (size_t rank = 0; rank < processes.size(); ++rank) {
    EXPECT_EQ(processes[rank].exit_code, 0) << processes[rank].output;
    const std::string first_line = "rank " + std::to_string(rank) + " of " +
                                   std::to_string(processes.size()) + " local " + std::to_string(rank) + "\n";
    EXPECT_THAT(processes[rank].output, testing::StartsWith(first_line));
    outputs.push_back(
        processes[rank].output.substr(std::min(first_line.size(), processes[rank].output.size())));
    EXPECT_EQ(outputs.back(), outputs.front());
  }
  return outputs.front();
}

TEST(ProcessesTest, SumIsTheSameInAllProcessesAndInTwoRuns) {
  for (const int count : {2, 3}) {
    const std::string output = CommonOutput(RunWorkers(count, "sum"));
    EXPECT_THAT(output, testing::StartsWith(count == 2 ? "small 3 20\n" : "small 6 30\n"));
    std::smatch error;
    ASSERT_TRUE(std::regex_search(output, error, std::regex("Float [0-9a-f]{64} (\\S+)\n")));
    EXPECT_LT(std::stod(error[1]), 2e-4);  // the largest values are about 450: float has 3e-5
    ASSERT_TRUE(std::regex_search(output, error, std::regex("Long [0-9a-f]{64} (\\S+)\n")));
    EXPECT_EQ(std::stod(error[1]), 0);
    EXPECT_EQ(CommonOutput(RunWorkers(count, "sum")), output);
  }
}

TEST(ProcessesTest, BroadcastGivesTheValuesOfRankZero) {
  EXPECT_EQ(CommonOutput(RunWorkers(3, "broadcast")), "as rank 0\n");
}

TEST(ProcessesTest, BarrierWaitsForAll) { EXPECT_EQ(CommonOutput(RunWorkers(2, "barrier")), "waited\n"); }

TEST(ProcessesTest, DeadProcessEndsTheOthersWithAnError) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<FinishedProcess> processes = RunWorkers(3, "dying");
  EXPECT_EQ(processes[1].exit_code, -SIGKILL);
  for (const int survivor : {0, 2}) {
    EXPECT_EQ(processes[survivor].exit_code, 1) << processes[survivor].output;
    EXPECT_THAT(processes[survivor].output,
                AllOf(HasSubstr("error: process " + std::to_string(survivor) + " of 3"),
                      HasSubstr("Another process has ended or is stuck")));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(ProcessesTest, StuckProcessEndsTheOthersAfterTheTimeLimit) {
  const std::vector<FinishedProcess> processes = RunWorkers(2, "stuck");
  EXPECT_EQ(processes[0].exit_code, 1) << processes[0].output;
  EXPECT_THAT(processes[0].output, AllOf(HasSubstr("error: process 0 of 2: summing"), HasSubstr("imed out")));
}

std::string OutputUnderTorchrun(const std::string& scenario, int* exit_code) {
  const std::string output_file = testing::TempDir() + "torchrun_" + scenario + ".txt";
  const pid_t launcher = StartProcess(
      {std::string(VFFN_SETUP_DIR) + "/venv/bin/python", "-m", "torch.distributed.run", "--nproc_per_node",
       "2", "--standalone", "--no-python", ThisProgram(), "--worker", scenario},
      {}, output_file);
  const FinishedProcess finished = FinishProcess(launcher, output_file, 120);
  *exit_code = finished.exit_code;
  return finished.output;
}

TEST(TorchrunTest, StartsTwoProcesses) {
  const std::string python = std::string(VFFN_SETUP_DIR) + "/venv/bin/python";
  if (std::system((python + " -c 'import torch' >/dev/null 2>&1").c_str()) != 0) {
    GTEST_SKIP() << python << " has no torch that can be imported: make setup";
  }
  int exit_code = 0;
  const std::string output = OutputUnderTorchrun("sum", &exit_code);
  EXPECT_EQ(exit_code, 0) << output;
  EXPECT_THAT(output, AllOf(HasSubstr("rank 0 of 2 local 0"), HasSubstr("rank 1 of 2 local 1"),
                            HasSubstr("small 3 20")));
  OutputUnderTorchrun("dying", &exit_code);
  EXPECT_NE(exit_code, 0);
}

}  // namespace
}  // namespace vffn
