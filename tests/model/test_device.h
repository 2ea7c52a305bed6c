// The device of tests. VFFN_TEST_DEVICE=cuda lets them run LibTorch's operators on a GPU; our kernels stay on
// the CPU, so that tests which compare the two compare a GPU with a CPU.
#pragma once

#include <cstdlib>
#include <string>

#include "model/compute.h"
#include "model/cuda.h"

namespace vffn {

inline std::string TestDevice() {
  const char* name = std::getenv("VFFN_TEST_DEVICE");
  return name ? name : "cpu";
}

/// Loads LibTorch's CUDA part before a test makes LibTorch look for it.
inline const bool kTestDeviceIsReady = TestDevice() == "cpu" || HasCuda();

/// The options with that backend, on the device on which tests run it.
inline ComputeOptions OnTestDevice(Backend backend, ComputeOptions options = {}) {
  options.backend = backend;
  options.device = backend == Backend::kTorch ? TestDevice() : "cpu";
  return options;
}

}  // namespace vffn
