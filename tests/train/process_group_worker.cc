// The other half of process_group_test: `process_group_test --worker SCENARIO` is one process of a group.
// Without
// --worker the program runs the tests.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/sha256.h"
#include "train/run/process_group.h"

namespace vffn {
namespace {

using std::chrono::milliseconds;

std::string Bits(const at::Tensor& values) {
  const at::Tensor bytes = values.contiguous().view(at::kByte);
  Sha256 hash;
  hash.Update({static_cast<const char*>(bytes.data_ptr()), static_cast<size_t>(bytes.numel())});
  return hash.Hex();
}

// Values whose sum depends on the order of the additions.
at::Tensor OwnValues(int rank, at::ScalarType type) {
  const at::Tensor position = at::arange(100003, at::kDouble);  // [100003]
  return at::sin(position * (rank + 1)).mul(at::exp(position.remainder(11) - 5)).to(type);
}

void Sum(ProcessGroup& group) {
  at::Tensor small = at::tensor({1.0f + group.rank(), 10.0f});  // [2]
  group.AllReduceSum(small);
  std::cout << "small " << small[0].item<float>() << " " << small[1].item<float>() << "\n";
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kLong}) {
    at::Tensor values = OwnValues(group.rank(), type);
    group.AllReduceSum(values);
    at::Tensor expected = at::zeros({values.size(0)}, at::kDouble);
    for (int rank = 0; rank < group.world_size(); ++rank) expected += OwnValues(rank, type).to(at::kDouble);
    std::cout << at::toString(type) << " " << Bits(values) << " "
              << (values.to(at::kDouble) - expected).abs().max().item<double>() << "\n";
  }
  at::Tensor nothing = at::zeros({0});
  group.AllReduceSum(nothing);
}

void Broadcast(ProcessGroup& group) {
  at::Tensor values = OwnValues(group.rank(), at::kFloat);
  group.Broadcast(values);
  std::cout << (at::equal(values, OwnValues(0, at::kFloat)) ? "as rank 0" : "different") << "\n";
}

// Rank 1 comes late: the others wait.
void Barrier(ProcessGroup& group) {
  group.Barrier();
  const auto start = std::chrono::steady_clock::now();
  if (group.rank() == 1) std::this_thread::sleep_for(milliseconds(500));
  group.Barrier();
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - start;
  std::cout << (waited.count() > 0.45 ? "waited" : "did not wait") << "\n";
}

void SumWithoutRankOne(ProcessGroup& group, const std::function<void()>& rank_one) {
  group.Barrier();
  if (group.rank() == 1) return rank_one();
  at::Tensor values = at::ones({1000});
  group.AllReduceSum(values);
}

void Dying(ProcessGroup& group) {
  SumWithoutRankOne(group, [] { raise(SIGKILL); });
}

void Stuck(ProcessGroup& group) {
  SumWithoutRankOne(group, [] { std::this_thread::sleep_for(std::chrono::seconds(4)); });
}

void RunScenario(const std::string& name) {
  static const std::map<std::string, std::function<void(ProcessGroup&)>> scenarios = {
      {"sum", Sum}, {"broadcast", Broadcast}, {"barrier", Barrier}, {"dying", Dying}, {"stuck", Stuck}};
  ProcessGroupLimits limits;
  if (name == "stuck") limits.operation = std::chrono::seconds(1);
  const std::unique_ptr<ProcessGroup> group = JoinProcessGroup(at::kCPU, limits);
  std::cout << "rank " << group->rank() << " of " << group->world_size() << " local " << group->local_rank()
            << "\n";
  scenarios.at(name)(*group);
}

}  // namespace
}  // namespace vffn

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--worker") == 0) {
    try {
      vffn::RunScenario(argv[2]);
      return 0;
    } catch (const vffn::Error& error) {
      std::cout << "error: " << error.what() << std::endl;
      return 1;
    }
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
