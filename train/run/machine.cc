#include "train/run/machine.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <malloc.h>
#include <sys/resource.h>
#include <torch/headeronly/version.h>

#include <filesystem>
#include <limits>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "base/processor.h"
#include "model/cuda.h"
#include "model/cuda_device.h"

namespace vffn {
namespace {

std::string NameOfDevice(const at::Device& device) {
  if (device.is_cpu()) {
    return ProcessorName();
  }
  std::error_code error;
  for (const auto& gpu : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", error)) {
    const std::string name = KernelFileValue(gpu.path() / "information", "Model");
    if (!name.empty()) {
      return name;
    }
  }
  return "unknown";
}

}  // namespace

Machine DescribeMachine(const at::Device& device) {
  return {.device = device.is_cpu() ? "cpu" : "cuda",
          .processor = NameOfDevice(device),
          .instruction_set = at::get_cpu_capability(),
          .libtorch = TORCH_VERSION,
          .threads = at::get_num_threads()};
}

OrderedJson ToJson(const Machine& machine) {
  OrderedJson json = OrderedJson::object();
  Machine::Visit(machine, [&](const char* name, const auto& field) { json[name] = field; });
  return json;
}

Machine ParseMachine(const Json& json, const std::string& origin) {
  return ReadAllFields<Machine>(Fields(json, origin));
}

at::Device ChooseDevice(const std::string& name, int local_rank) {
  if (name == "auto") {
    return HasCuda() ? at::Device(at::kCUDA, static_cast<at::DeviceIndex>(local_rank)) : at::Device(at::kCPU);
  }
  try {
    at::Device device(name);
    VFFN_CHECK(device.is_cpu() || device.is_cuda(), "device '", name,
               "' is not supported: cpu, cuda or cuda:N");
    if (device.is_cuda() && !device.has_index()) {
      device.set_index(static_cast<at::DeviceIndex>(local_rank));
    }
    RequireCuda(device, device.str());
    return device;
  } catch (const c10::Error&) {
    Fail("unknown device '", name, "': auto, cpu, cuda or cuda:N");
  }
}

void KeepFreedMemory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the highest that glibc accepts
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

int64_t PeakMemory(const at::Device& device) {
  if (device.is_cpu()) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return int64_t{usage.ru_maxrss} * 1024;
  }
  const auto stats = c10::getDeviceAllocator(device.type())->getDeviceStats(device.index());
  return stats.allocated_bytes[static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE)].peak;
}

}  // namespace vffn
