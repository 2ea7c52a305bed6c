#define USE_C10D_GLOO
#include <cstdlib>
#include <sstream>
#include <string>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "train/run/process_group_backend.h"

namespace vffn {

c10::intrusive_ptr<c10d::Backend> GlooBackend(const c10::intrusive_ptr<c10d::Store>& store, int rank,
                                              int world_size, std::chrono::milliseconds limit) {
  using Gloo = c10d::ProcessGroupGloo;
  const char* interfaces = std::getenv("GLOO_SOCKET_IFNAME");
  if (!interfaces || !*interfaces) {
    return c10::make_intrusive<Gloo>(store, rank, world_size, Gloo::Options::create_default(limit));
  }
  c10::intrusive_ptr<Gloo::Options> options = Gloo::Options::create(limit);
  std::istringstream names(interfaces);
  for (std::string name; std::getline(names, name, ',');) {
    options->devices.push_back(Gloo::createDeviceForInterface(name));
  }
  options->threads = 2 * static_cast<int>(options->devices.size());  // as PyTorch's Python interface has it
  return c10::make_intrusive<Gloo>(store, rank, world_size, options);
}

}  // namespace vffn
