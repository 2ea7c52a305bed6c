// Names of parameters in the authors' code.
#pragma once

#include <map>
#include <string>

namespace vffn {

/// The release's name of a parameter.
inline std::string ReleaseName(const std::string& parameter) {
  static const std::map<std::string, std::string> kNames = {{"embedding", "wte"},
                                                            {"final_norm", "ln_f"},
                                                            {"head", "ff_out"},
                                                            {"attention_norm", "attn_norm"},
                                                            {"qkv", "att_proj"},
                                                            {"attention_out", "attn_out"},
                                                            {"ffn_norm", "ff_norm"},
                                                            {"ffn_in", "ff_proj"},
                                                            {"ffn_out", "ff_out"},
                                                            {"router", "expert_gate"},
                                                            {"loop_head", "depth_predictor"}};
  const std::string stem = parameter.substr(0, parameter.rfind('.'));  // "layers.0.qkv" or "head"
  const size_t dot = stem.rfind('.');
  if (dot == std::string::npos) {
    return "transformer." + kNames.at(stem) + ".weight";
  }
  return "transformer.blocks." + stem.substr(7, dot - 7) + "." + kNames.at(stem.substr(dot + 1)) + ".weight";
}

}  // namespace vffn
