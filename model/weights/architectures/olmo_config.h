// The config.yaml of an OLMo checkpoint.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "model/config.h"
#include "model/weights/tensor_view.h"
#include "model/weights/yaml_sections.h"

namespace vffn {

/// The sections of a config.yaml that describe the model.
struct OlmoYaml {
  std::string origin;  ///< the file; begins every error message
  YamlOptions model;   ///< `model`: OLMo's options
  YamlOptions vffn;    ///< `vffn`: fields of a VersatileFFN that OLMo does not read; empty if absent
};

/// Throws Error, beginning with `origin`, on malformed YAML, a duplicate key, or if there is no section
/// `model`.
OlmoYaml ReadOlmoYaml(std::string_view yaml, const std::string& origin);

/// The option block_type, or OLMo's default.
std::string BlockTypeOf(const OlmoYaml& yaml);

/// The parts of an open folder that determine the model's configuration.
struct OlmoFolder {
  OlmoYaml config;
  std::string origin;  ///< the file of the tensors
  std::span<const TensorView> tensors;
  std::string model_args;
};

struct OlmoConfig {
  ModelConfig model;
  /// The fields of model.ffn that the file gives, and their full names: {"top_k", "vffn.top_k"}. The others
  /// are 0 or have their defaults. The released configuration gives none.
  std::map<std::string, std::string> ffn_keys;
};

/// Reads the options as OLMo does: an option that is left out has OLMo's default. Of a VersatileFFN,
/// n_experts, top_k, max_loops and expert_hidden_size may stand in the section `model`; these and all other
/// fields of FfnConfig may stand in the section `vffn`. A number that YAML 1.1 would take for a string is
/// read as a number (5e-4). Throws Error on an unknown option, and one Error that lists every option whose
/// value asks for arithmetic that is not supported.
OlmoConfig ReadOlmoConfig(const OlmoYaml& yaml, FfnKind ffn);

/// The config.yaml of a model with that block_type, which ReadOlmoConfig reads back to the same model.
/// Options of a VersatileFFN that OLMo does not have stand in the section `vffn`. Throws Error, naming the
/// field, if OLMo's options cannot express the model: biases, heads that do not fill d_model, a rope_theta
/// that is not a whole number.
std::string OlmoConfigText(const ModelConfig& config, const std::string& block_type);

}  // namespace vffn
