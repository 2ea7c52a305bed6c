// What people type who know other evaluators: options of lm-evaluation-harness that need no counterpart here,
// and hints for those of lm-evaluation-harness, lighteval and llama.cpp that are not known here.
#pragma once

#include <string>

#include "apps/command_line/command_line.h"

namespace vffn {

/// What was given of them; empty or false: not given.
struct HarnessOptions {
  std::string num_fewshot, batch_size, max_batch_size, seed, verbosity, system_instruction;
  bool trust_remote_code = false, confirm_run_unsafe_code = false, write_out = false,
       apply_chat_template = false, fewshot_as_multiturn = false;
};

void AddHarnessOptions(HarnessOptions& options, Command& command);

/// Hints for other names of --model, --tokenizer, --workers, --output and --max_length.
void AddModelHints(Command& command);

/// Hints for options of evaluation that other programs have.
void AddEvaluationHints(Command& command);

/// Hints for commands that other programs have: "run", "ls".
void AddCommandHints(Command& program);

/// One line for each option that was given and has no effect, for stderr; empty if there is none. Throws
/// Error on those that would change the scores, saying what to do.
std::string NoEffectText(const HarnessOptions& options);

/// Throws Error with the command line to use if `model` is a kind of model of the harness ("hf", "vllm") and
/// no path, or `model_args` has arguments of the harness's models (pretrained, dtype, ...).
void RefuseHarnessModel(const std::string& model, const std::string& model_args);

}  // namespace vffn
