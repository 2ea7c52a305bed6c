#include "train/run/process_group.h"

#include <cstdlib>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>
#include <vector>

#include "base/error.h"
#include "train/run/process_group_backend.h"

namespace vffn {
namespace {

class SingleProcess : public ProcessGroup {
 public:
  explicit SingleProcess(int local_rank) : local_rank_(local_rank) {}

  int rank() const override { return 0; }
  int world_size() const override { return 1; }
  int local_rank() const override { return local_rank_; }
  void AllReduceSum(at::Tensor&) override {}
  void Broadcast(at::Tensor&) override {}
  void Barrier() override {}

 private:
  int local_rank_;
};

std::string Name(const LaunchEnvironment& launch) {
  return "process " + std::to_string(launch.rank) + " of " + std::to_string(launch.world_size);
}

// PyTorch's message without the stack, and Gloo's without the place in its source ("[pair.cc:553] ").
std::string Reason(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  const std::string reason = torch_error ? torch_error->what_without_backtrace() : error.what();
  const size_t place = reason.starts_with('[') ? reason.find("] ") : std::string::npos;
  return place == std::string::npos ? reason : reason.substr(place + 2);
}

// While it lives, c10d does not print its warnings about connections with their stacks: the exception says it
// all. TORCH_CPP_LOG_LEVEL, PyTorch's own variable, brings them back.
class QuietLog {
 public:
  QuietLog() {
    constexpr int kFatal = 3;
    if (!std::getenv("TORCH_CPP_LOG_LEVEL")) FLAGS_caffe2_log_level = kFatal;
  }
  ~QuietLog() { FLAGS_caffe2_log_level = level_; }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;

 private:
  int level_ = FLAGS_caffe2_log_level;
};

class JoinedProcess : public ProcessGroup {
 public:
  JoinedProcess(LaunchEnvironment launch, const at::Device& device, c10::intrusive_ptr<c10d::Backend> backend)
      : launch_(std::move(launch)), device_(device), backend_(std::move(backend)) {}

  int rank() const override { return launch_.rank; }
  int world_size() const override { return launch_.world_size; }
  int local_rank() const override { return launch_.local_rank; }

  void AllReduceSum(at::Tensor& values) override {
    Run("summing", &values, [&](std::vector<at::Tensor>& tensors) { return backend_->allreduce(tensors); });
  }

  void Broadcast(at::Tensor& values) override {
    Run("broadcasting", &values,
        [&](std::vector<at::Tensor>& tensors) { return backend_->broadcast(tensors); });
  }

  void Barrier() override {
    c10d::BarrierOptions options;
    options.device = device_;
    Run("waiting for the others", nullptr,
        [&](std::vector<at::Tensor>&) { return backend_->barrier(options); });
  }

 private:
  using Work = c10::intrusive_ptr<c10d::Work>;

  void Run(const char* action, at::Tensor* values,
           const std::function<Work(std::vector<at::Tensor>&)>& start) {
    std::vector<at::Tensor> tensors;
    if (values) {
      VFFN_CHECK(values->is_contiguous(), "a tensor that all processes share must be contiguous");
      if (values->numel() == 0) return;
      tensors.push_back(values->detach());  // shares its memory
    }
    try {
      start(tensors)->wait();
    } catch (const std::exception& error) {
      Fail(Name(launch_), ": ", action,
           " failed. Another process has ended or is stuck: look at its messages. PyTorch says: ",
           Reason(error));
    }
  }

  LaunchEnvironment launch_;
  at::Device device_;
  c10::intrusive_ptr<c10d::Backend> backend_;
};

// The table through which the processes find each other.
c10::intrusive_ptr<c10d::Store> ConnectStore(const LaunchEnvironment& launch,
                                             std::chrono::milliseconds limit) {
  c10d::TCPStoreOptions options;
  options.port = launch.port;
  options.isServer = launch.rank == 0 && !launch.torchrun_listens;
  options.numWorkers = launch.world_size;
  options.timeout = limit;
  return c10::make_intrusive<c10d::PrefixStore>("vffn",
                                                c10::make_intrusive<c10d::TCPStore>(launch.address, options));
}

c10::intrusive_ptr<c10d::Backend> Connect(const LaunchEnvironment& launch, const at::Device& device,
                                          const ProcessGroupLimits& limits) {
  const c10::intrusive_ptr<c10d::Store> store = ConnectStore(launch, limits.connect);
  const auto make = device.is_cpu() ? GlooBackend : NcclBackend;
  c10::intrusive_ptr<c10d::Backend> backend = make(store, launch.rank, launch.world_size, limits.connect);
  backend->setTimeout(limits.operation);
  return backend;
}

// In a thread of its own, because c10d waits for ever for the first answer of whatever listens at the port. A
// thread that waits so is left behind: the program ends with the error.
c10::intrusive_ptr<c10d::Backend> ConnectInTime(const LaunchEnvironment& launch, const at::Device& device,
                                                const ProcessGroupLimits& limits) {
  std::packaged_task<c10::intrusive_ptr<c10d::Backend>()> task(
      [=] { return Connect(launch, device, limits); });
  std::future<c10::intrusive_ptr<c10d::Backend>> backend = task.get_future();
  std::thread(std::move(task)).detach();
  // c10d tries again once after its limit, and two steps have a limit each.
  const auto most = 3 * limits.connect + std::chrono::seconds(5);
  VFFN_CHECK(backend.wait_for(most) == std::future_status::ready, "no answer in ",
             std::chrono::duration<double>(most).count(), " s. Another program may have this port");
  return backend.get();
}

}  // namespace

std::unique_ptr<ProcessGroup> JoinProcessGroup(const at::Device& device, const ProcessGroupLimits& limits) {
  const LaunchEnvironment launch = ReadLaunchEnvironment();
  if (launch.world_size == 1) return std::make_unique<SingleProcess>(launch.local_rank);
  VFFN_CHECK(
      device.is_cpu() || HasNcclBackend(), "training on ", launch.world_size, " processes with ",
      device.str(),
      ": this program was built without NCCL (docs/training.md, More processes, says how to build it)");
  const QuietLog quiet;
  try {
    return std::make_unique<JoinedProcess>(launch, device, ConnectInTime(launch, device, limits));
  } catch (const std::exception& error) {
    Fail(Name(launch), ": cannot join the others at ", launch.address, ":", launch.port,
         " (MASTER_ADDR, MASTER_PORT). All processes must be started with the same address, port and "
         "WORLD_SIZE, and ",
         launch.torchrun_listens ? "torchrun" : "the process with RANK=0",
         " must be reachable there. The cause: ", Reason(error));
  }
}

}  // namespace vffn
