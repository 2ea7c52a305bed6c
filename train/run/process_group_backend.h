// PyTorch's two libraries for the operations of a process group.
#pragma once

#include <chrono>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace vffn {

/// Gloo, for tensors on the CPU. It connects to all processes, within the limit. GLOO_SOCKET_IFNAME (names of
/// network interfaces, separated by commas) selects the network; by default it is that of the machine's host
/// name. Throws what c10d throws.
c10::intrusive_ptr<c10d::Backend> GlooBackend(const c10::intrusive_ptr<c10d::Store>& store, int rank,
                                              int world_size, std::chrono::milliseconds limit);

/// Whether this program was built with NCCL.
bool HasNcclBackend();

/// NCCL, for tensors on GPUs. Throws Error if this program was built without it.
c10::intrusive_ptr<c10d::Backend> NcclBackend(const c10::intrusive_ptr<c10d::Store>& store, int rank,
                                              int world_size, std::chrono::milliseconds limit);

}  // namespace vffn
