// The sizes that the router and the loop head of an OLMo checkpoint give its VersatileFFN.
#pragma once

#include <span>
#include <string>

#include "model/weights/architectures/olmo_config.h"

namespace vffn {

/// Whether the first block has a router (expert_gate) or a loop head (depth_predictor).
bool HasHeads(std::span<const TensorView> tensors);

/// Completes a VersatileFFN's configuration: N is the number of rows of the first block's expert_gate, L_max
/// that of its depth_predictor; an expert has floor(F / N) hidden units unless config.yaml gives another
/// number. No tensor determines k: it comes from config.yaml or the model_args. Throws Error, naming tensor
/// and shape, if a head is missing or misshapen, config.yaml contradicts it, the experts do not fit, or k is
/// unknown or too large.
ModelConfig CompleteFromHeads(OlmoConfig config, const OlmoFolder& folder);

}  // namespace vffn
