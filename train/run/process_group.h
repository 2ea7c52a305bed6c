// Data parallel training: the processes that torchrun starts.
#pragma once

#include <ATen/ATen.h>

#include <chrono>
#include <memory>

#include "train/run/launch_environment.h"

namespace vffn {

/// PyTorch's process group (c10d): Gloo for tensors on the CPU, NCCL on GPUs. A process without torchrun is a
/// group of one, for which every function returns at once. All processes call the same functions in the same
/// order, with tensors of the same shape and type. Tensors are contiguous and lie on the group's device.
/// Every function throws Error when another process has ended, or has not called it within the time limit.
/// The group is unusable after that: end the process.
class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;

  virtual int rank() const = 0;  ///< from 0
  virtual int world_size() const = 0;
  virtual int local_rank() const = 0;  ///< on this machine: the number of its GPU

  /// Replaces `values` by their sum over all processes, the same bits in every process. On the CPU the order
  /// of the additions depends only on the number of processes and the size of the tensor.
  virtual void AllReduceSum(at::Tensor& values) = 0;

  /// Replaces `values` by those of rank 0.
  virtual void Broadcast(at::Tensor& values) = 0;

  /// Waits until every process is here.
  virtual void Barrier() = 0;
};

/// How long to wait for other processes. A process that has ended is noticed at once on the CPU.
struct ProcessGroupLimits {
  /// Until all processes have joined; at most about three times as long if another program has the port.
  std::chrono::milliseconds connect = std::chrono::minutes(5);
  /// Until all have called a function. Long, because the others wait while rank 0 evaluates.
  std::chrono::milliseconds operation = std::chrono::hours(12);
};

/// From the environment (ReadLaunchEnvironment). `device` is the device of the tensors: CPU or a GPU.
/// Throws Error: a variable is malformed or missing while others are there, no connection within the time
/// limit, a GPU but this program was built without NCCL.
std::unique_ptr<ProcessGroup> JoinProcessGroup(const at::Device& device,
                                               const ProcessGroupLimits& limits = {});

}  // namespace vffn
