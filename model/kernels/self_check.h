// A check of a kernel set on the processor that runs it.
#pragma once

#include <string>

#include "model/kernels/kernels.h"

namespace vffn::kernels {

/// What a set computes wrong: "gemm in bfloat16", for instance. Empty if small products, an FFN, attention
/// and a softmax agree with the generic set. Takes less than a millisecond.
std::string FaultOf(const Kernels& kernels);

}  // namespace vffn::kernels
