// Where and how a run computes: with configuration and data it decides every bit of the weights.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <string>

#include "base/json_fwd.h"

namespace vffn {

struct Machine {
  std::string device;           ///< "cpu" or "cuda"
  std::string processor;        ///< the name of the processor, or of the GPU
  std::string instruction_set;  ///< of LibTorch's CPU kernels: "AVX2"
  std::string libtorch;         ///< version
  int64_t threads = 0;          ///< of a process
  int64_t processes = 1;
  int64_t micro_batch = 0;  ///< sequences
  bool activation_checkpointing = false;

  /// Calls visit(name, field) for every field. Files and comparisons follow from this list.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("device", self.device);
    visit("processor", self.processor);
    visit("instruction_set", self.instruction_set);
    visit("libtorch", self.libtorch);
    visit("threads", self.threads);
    visit("processes", self.processes);
    visit("micro_batch", self.micro_batch);
    visit("activation_checkpointing", self.activation_checkpointing);
  }
};

/// This machine: everything but processes, micro_batch and activation_checkpointing.
Machine DescribeMachine(const at::Device& device);

OrderedJson ToJson(const Machine& machine);

/// The inverse. Throws Error, beginning with `origin`.
Machine ParseMachine(const Json& json, const std::string& origin);

/// The device of a configuration: "auto" is a GPU if there is one, otherwise the CPU. "cuda" is GPU
/// `local_rank`. Throws Error if this machine has no such device.
at::Device ChooseDevice(const std::string& name, int local_rank);

/// From now on the process keeps the memory of freed tensors of up to 32 MiB for the next ones. Returning it
/// to the system and getting it again, in every step, takes a tenth of the time of a small model. Does
/// nothing if the C library is not glibc.
void KeepFreedMemory();

/// The highest memory use so far, in bytes: resident memory of the process, or memory of LibTorch's tensors
/// on the GPU.
int64_t PeakMemory(const at::Device& device);

}  // namespace vffn
