// The activation functions of FFNs.
#pragma once

namespace vffn {

enum class Activation {
  kSilu,      ///< "silu"
  kGelu,      ///< "gelu": x Phi(x), by the error function
  kGeluTanh,  ///< "gelu_tanh": its approximation by tanh
  kRelu,      ///< "relu"
};

}  // namespace vffn
