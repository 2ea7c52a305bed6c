// Model configurations in the words of other toolkits.
#pragma once

#include <string>

#include "model/config.h"

namespace vffn {

/// config.yaml of an OLMo checkpoint, which ReadOlmoConfig reads back to the same model. Throws Error naming
/// the field if OLMo has no such model: another FFN than dense or versatile, heads that do not fill d_model,
/// a rope_theta that is not whole.
std::string OlmoConfigText(const ModelConfig& config);

/// config.json of a LlamaForCausalLM, which ReadHuggingFaceConfig reads back to the same model; special
/// tokens are null, as they are not known here. Throws Error if the FFN is not dense.
std::string HuggingFaceConfigText(const ModelConfig& config);

}  // namespace vffn
