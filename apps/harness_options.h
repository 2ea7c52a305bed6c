// Options of lm-evaluation-harness's command line that need no counterpart here, or have none.
#pragma once

#include <string>

#include "apps/command_line.h"

namespace vffn {

/// What was given of them; empty or false: not given.
struct HarnessOptions {
  std::string num_fewshot, batch_size, max_batch_size, seed, verbosity, system_instruction;
  bool trust_remote_code = false, confirm_run_unsafe_code = false, write_out = false,
       apply_chat_template = false, fewshot_as_multiturn = false;
};

void AddHarnessOptions(HarnessOptions& options, Command& command);

/// One line for each option that was given and has no effect, for stderr; empty if there is none. Throws
/// Error on those that would change the scores, saying what to do.
std::string NoEffectText(const HarnessOptions& options);

/// Throws Error with the command line to use if `model` is a kind of model of the harness ("hf", "vllm") and
/// no path, or `model_args` has "pretrained=PATH".
void RefuseHarnessModel(const std::string& model, const std::string& model_args);

}  // namespace vffn
