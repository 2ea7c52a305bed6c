#include "model/compute_context.h"

#include "base/error.h"
#include "model/compute_check.h"
#include "model/cuda_device.h"

namespace vffn {
namespace {

at::Device ParseDevice(const std::string& name) {
  try {
    const at::Device device(name);
    VFFN_CHECK(device.is_cpu() || device.is_cuda(), "device '", name,
               "' is not supported: cpu, cuda or cuda:N");
    RequireCuda(device, name);
    return device;
  } catch (const c10::Error&) {
    Fail("unknown device '", name, "': cpu, cuda or cuda:N");
  }
}

}  // namespace

void CheckCompute(const ComputeOptions& options) {
  const bool kernels = ParseDevice(options.device).is_cpu() && options.backend == Backend::kAuto;
  VFFN_CHECK(kernels || !options.reuse_hidden,
             "hidden values can be reused by vffn's own kernels only: on a CPU, with backend auto");
}

ComputeContext::ComputeContext(const ComputeOptions& options, WorkCounter& work)
    : device(ParseDevice(options.device)),
      linear_type(options.dtype == Dtype::kFloat32 ? at::kFloat : at::kBFloat16),
      inner_type(device.is_cpu() ? at::kFloat : linear_type),
      kernels(device.is_cpu() && options.backend == Backend::kAuto ? &kernels::BestKernels() : nullptr),
      precision(options.dtype == Dtype::kFloat32 ? kernels::GemmPrecision::kFloat32
                                                 : kernels::GemmPrecision::kBfloat16),
      masked(options.masked),
      reuse_hidden(options.reuse_hidden),
      work(&work) {
  CheckCompute(options);
}

ComputeContext ComputeContext::InFloat32() const {
  ComputeContext context = *this;
  context.linear_type = context.inner_type = at::kFloat;
  context.precision = kernels::GemmPrecision::kFloat32;
  return context;
}

}  // namespace vffn
