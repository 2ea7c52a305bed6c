// Whether there is a GPU. No torch in this header.
#pragma once

namespace vffn {

/// Whether this machine has a CUDA device that LibTorch can use. LibTorch's CUDA part need not be linked: the
/// first call loads libtorch_cuda.so from the folders in LD_LIBRARY_PATH or beside the LibTorch that the
/// program was linked with. LibTorch looks for it when it is first asked about CUDA and never again, so this
/// comes first.
bool HasCuda();

}  // namespace vffn
