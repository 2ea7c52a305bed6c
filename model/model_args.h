// Options of a model given with --model_args, and errors that name them.
#pragma once

#include <string>
#include <string_view>

#include "model/config.h"

namespace vffn {

/// "--model_args top_k=9 (ORIGIN)": where a value comes from that the options may have set.
inline std::string ArgsOrigin(std::string_view model_args, const std::string& origin) {
  return model_args.empty() ? origin : "--model_args " + std::string(model_args) + " (" + origin + ")";
}

/// ApplyModelArgs, then Validate. Errors of the FFN name the options, which may have caused them.
inline void ApplyAndValidate(std::string_view model_args, ModelConfig& config, const std::string& origin) {
  ApplyModelArgs(model_args, config);
  if (!model_args.empty()) {
    Validate(config.ffn, config.ffn_hidden_size, ArgsOrigin(model_args, origin));
  }
  Validate(config, origin);
}

}  // namespace vffn
