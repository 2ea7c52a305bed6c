// Data parallel training: the processes that torchrun starts.
#pragma once

#include <ATen/ATen.h>

#include <memory>

namespace vffn {

/// PyTorch's process group (c10d): Gloo for tensors on the CPU, NCCL on GPUs. A process without torchrun is a
/// group of one, for which every function returns at once.
class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;

  virtual int rank() const = 0;  ///< from 0
  virtual int world_size() const = 0;
  virtual int local_rank() const = 0;  ///< on this machine: the number of its GPU

  /// Replaces `values` by their sum over all processes, the same bits in every process.
  virtual void AllReduceSum(at::Tensor& values) = 0;

  /// Replaces `values` by those of rank 0.
  virtual void Broadcast(at::Tensor& values) = 0;

  /// Waits until every process is here.
  virtual void Barrier() = 0;
};

/// From the environment that torchrun sets (RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT). Throws
/// Error: a variable is malformed or missing while others are there, no connection within the time limit.
std::unique_ptr<ProcessGroup> JoinProcessGroup(const at::Device& device);

}  // namespace vffn
