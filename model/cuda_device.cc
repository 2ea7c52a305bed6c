#include "model/cuda_device.h"

#include <ATen/Context.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>

#include "base/error.h"
#include "model/cuda.h"

namespace vffn {
namespace {

/// Loads LibTorch's CUDA part, once. Returns the loader's message; empty if it was loaded.
const std::string& LoadCuda() {
  static const std::string error = [] {
    return std::string(dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) ? "" : dlerror());
  }();
  return error;
}

}  // namespace

bool HasCuda() { return LoadCuda().empty() && at::hasCUDA(); }

void RequireCuda(const at::Device& device, const std::string& name) {
  if (!device.is_cuda()) {
    return;
  }
  const std::string& error = LoadCuda();
  VFFN_CHECK(error.empty(), "device '", name, "': LibTorch's CUDA part cannot be loaded (", error,
             "). LD_LIBRARY_PATH must name the folder torch/lib of a CUDA build of the LibTorch version that "
             "this program was built with");
  VFFN_CHECK(at::hasCUDA(), "device '", name, "': no CUDA device was found (does nvidia-smi show one?)");
  // cuDNN prepares every new shape of attention for tens of milliseconds, and no two packs have the same.
  at::globalContext().setSDPUseCuDNN(false);
  const int count = at::detail::getCUDAHooks().deviceCount();
  VFFN_CHECK(!device.has_index() || device.index() < count, "device '", name, "': there are only ", count,
             " CUDA devices");
}

OwnStream::OwnStream(const at::Device& device) {
  if (device.is_cuda()) {
    const c10::impl::VirtualGuardImpl guard(device.type());
    const at::Device numbered = device.has_index() ? device : guard.getDevice();
    guard_.emplace(guard.getStreamFromGlobalPool(numbered));
  }
}

void Synchronise(const at::Device& device) {
  if (device.is_cuda()) {
    const c10::impl::VirtualGuardImpl guard(device.type());
    guard.synchronizeDevice(device.has_index() ? device.index() : guard.getDevice().index());
  }
}

}  // namespace vffn
