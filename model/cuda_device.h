// CUDA devices as LibTorch sees them.
#pragma once

#include <ATen/ATen.h>
#include <c10/core/StreamGuard.h>

#include <optional>
#include <string>

namespace vffn {

/// Prepares LibTorch for a CUDA device. Throws Error if there is no such device, or if HasCuda could not load
/// LibTorch's CUDA part. `name` is how the user wrote it. Other devices are not checked.
void RequireCuda(const at::Device& device, const std::string& name);

/// While it lives, what its thread asks of the device is done in an order of its own, beside the work of
/// other threads (on a CPU this is so anyway).
class OwnStream {
 public:
  explicit OwnStream(const at::Device& device);

 private:
  std::optional<c10::StreamGuard> guard_;
};

/// Waits until the device has done everything that any thread asked of it.
void Synchronise(const at::Device& device);

}  // namespace vffn
