// Which class computes which kind of FFN.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "model/compute_context.h"
#include "model/config.h"
#include "model/ffn/ffn.h"

namespace vffn {

/// Reads a parameter of the layer by the last part of its name ("ffn_in.weight"): float32.
using ReadParameter = std::function<at::Tensor(const std::string& name)>;

/// The FFN of a layer.
std::unique_ptr<Ffn> MakeFfn(const ModelConfig& config, int64_t layer, const ReadParameter& read,
                             const ComputeContext& context);

}  // namespace vffn
