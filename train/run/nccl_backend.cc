#include "base/error.h"
#include "train/run/process_group_backend.h"

#ifdef VFFN_WITH_NCCL
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace vffn {

#ifdef VFFN_WITH_NCCL

bool HasNcclBackend() { return true; }

c10::intrusive_ptr<c10d::Backend> NcclBackend(const c10::intrusive_ptr<c10d::Store>& store, int rank,
                                              int world_size, std::chrono::milliseconds limit) {
  c10::intrusive_ptr<c10d::ProcessGroupNCCL::Options> options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = limit;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, world_size, options);
}

#else

bool HasNcclBackend() { return false; }

c10::intrusive_ptr<c10d::Backend> NcclBackend(const c10::intrusive_ptr<c10d::Store>&, int, int,
                                              std::chrono::milliseconds) {
  Fail("this program was built without NCCL");
}

#endif

}  // namespace vffn
