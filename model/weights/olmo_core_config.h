// The configuration and the tensor names of OLMo-core's models in terms of Hugging Face's.
#pragma once

#include <string>

#include "base/json_fwd.h"

namespace vffn {

/// The config.json that transformers would have for the model of an OLMo-core checkpoint (`config`: the whole
/// config.json of the checkpoint), as OLMo-core's own converter makes it:
///   pre-norm without norms of queries and keys: Llama; with norms by head: Qwen3;
///   norms after attention and FFN, norms of queries and keys: OLMo 2; with a sliding window: OLMo 3.
/// max_position_embeddings is the length of the training sequences (train_module.max_sequence_length or
/// dataset.sequence_length; 4096 if neither is there). Throws Error, naming the field, if the model has
/// another kind of arithmetic or a field that is not known.
Json HuggingFaceConfigOfOlmoCore(const Json& config, const std::string& origin);

/// The name that such a model gives to a tensor of OLMo-core: "blocks.3.attention.w_q.weight" ->
/// "model.layers.3.self_attn.q_proj.weight". Names that it does not have stay as they are. `model_type` is
/// that of the config.json.
std::string HuggingFaceNameOfOlmoCore(const std::string& name, const std::string& model_type);

}  // namespace vffn
