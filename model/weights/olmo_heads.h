// What the router and the loop head of an OLMo checkpoint say about its VersatileFFN.
#pragma once

#include <span>
#include <string>

#include "model/weights/mapped_checkpoint.h"
#include "model/weights/olmo_config.h"

namespace vffn {

/// Whether there is a router (expert_gate) or a loop head (depth_predictor) in the first block.
bool HasHeads(std::span<const TensorView> tensors, const std::string& prefix);

/// Completes opened.config: N is the number of rows of the first block's expert_gate, L_max that of its
/// depth_predictor, an expert has floor(F / N) hidden units unless config.yaml says otherwise. k stands in no
/// tensor: it comes from config.yaml or the model_args. Throws Error, naming tensor and shape, if a head is
/// missing, config.yaml contradicts it, the experts do not fit, or k is known nowhere or too large.
/// `config_origin` is config.yaml, `prefix` begins the tensors' names.
void CompleteFromHeads(const OlmoConfig& config, const std::string& config_origin, const std::string& prefix,
                       OpenedFiles& opened);

}  // namespace vffn
