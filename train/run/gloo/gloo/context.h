// Declarations for <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>, which includes headers of Gloo.
// LibTorch contains Gloo (in libtorch_cpu.so) but not its headers. The files in this folder declare only what
// torch's header names: types that it handles through pointers, and the members that its inline functions
// mention. Nothing here is defined, no object of these types is made in vffn, and the size of
// c10d::ProcessGroupGloo does not depend on them. They follow the interface of the Gloo in torch 2.13. A
// LibTorch that has Gloo's headers is preferred: this folder comes last in the search path.
#pragma once

#include <chrono>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds timeout);
};

}  // namespace gloo
