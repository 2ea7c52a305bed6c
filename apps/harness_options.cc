#include "apps/harness_options.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

/// "PATH" of "pretrained=PATH,dtype=float16"; empty if the name is not there.
std::string ArgumentOf(const std::string& model_args, const std::string& name) {
  for (size_t begin = 0; begin < model_args.size();) {
    const size_t end = std::min(model_args.find(',', begin), model_args.size());
    const std::string argument = model_args.substr(begin, end - begin);
    if (argument.starts_with(name + "=")) {
      return argument.substr(name.size() + 1);
    }
    begin = end + 1;
  }
  return "";
}

}  // namespace

void AddHarnessOptions(HarnessOptions& options, Command& command) {
  command.BeginGroup("Options of lm-evaluation-harness that change nothing here");
  command.Add("--num_fewshot N", &options.num_fewshot, "Only 0: every task is scored zero-shot.")
      .Default("none");
  command.Add("--batch_size N|auto", &options.batch_size, "Scores do not depend on how docs are packed.")
      .Default("none");
  command.Add("--max_batch_size N", &options.max_batch_size, "As --batch_size.").Default("none");
  command.Add("--seed N", &options.seed, "Nothing is drawn at random.").Default("none");
  command.Add("--verbosity LEVEL", &options.verbosity, "There is one level of messages.").Default("none");
  command.Add("--write_out", &options.write_out, "--show_requests prints prompts.");
  command.Add("--trust_remote_code", &options.trust_remote_code, "No code of a checkpoint is ever run.");
  command.Add("--confirm_run_unsafe_code", &options.confirm_run_unsafe_code, "No task runs code.");
  command.BeginGroup("Options of lm-evaluation-harness that are refused");
  command.Add("--apply_chat_template", &options.apply_chat_template, "Prompts are those of the profile.");
  command.Add("--fewshot_as_multiturn", &options.fewshot_as_multiturn, "As --apply_chat_template.")
      .Default("none");
  command.Add("--system_instruction TEXT", &options.system_instruction, "As --apply_chat_template.")
      .Default("none");
}

std::string NoEffectText(const HarnessOptions& options) {
  VFFN_CHECK(options.num_fewshot.empty() || options.num_fewshot == "0", "--num_fewshot ", options.num_fewshot,
             ": every task is scored zero-shot; leave the option out. For examples in the prompt, write the "
             "prompts as a request file and score it with --tasks oe:NAME");
  VFFN_CHECK(
      !options.apply_chat_template && !options.fewshot_as_multiturn && options.system_instruction.empty(),
      "--apply_chat_template, --fewshot_as_multiturn and --system_instruction: prompts are those of the "
      "profile, without a chat template; leave the option out");
  const std::string packing = "docs are packed by their tokens, and scores do not depend on it";
  const auto with = [](const char* name, const std::string& value) {
    return value.empty() ? "" : std::string(name) + " " + value;
  };
  const auto flag = [](const char* name, bool given) { return given ? std::string(name) : ""; };
  const std::pair<std::string, std::string> effects[] = {
      // the option as it was given, or nothing
      {with("--num_fewshot", options.num_fewshot), "every task is scored zero-shot"},
      {with("--batch_size", options.batch_size), packing},
      {with("--max_batch_size", options.max_batch_size), packing},
      {with("--seed", options.seed), "nothing is drawn at random"},
      {with("--verbosity", options.verbosity), "there is one level of messages"},
      {flag("--write_out", options.write_out), "--show_requests N prints the prompts of N docs"},
      {flag("--trust_remote_code", options.trust_remote_code), "no code of a checkpoint is ever run"},
      {flag("--confirm_run_unsafe_code", options.confirm_run_unsafe_code), "no task runs code"},
  };
  std::string text;
  for (const auto& [option, reason] : effects) {
    if (!option.empty()) {
      text.append("vffn: ").append(option).append(" has no effect: ").append(reason).append("\n");
    }
  }
  return text;
}

void RefuseHarnessModel(const std::string& model, const std::string& model_args) {
  constexpr std::array<std::string_view, 12> kKinds = {
      "hf",     "hf-auto", "hf-causal", "hf-seq2seq", "huggingface", "vllm",
      "sglang", "gguf",    "ggml",      "mamba_ssm",  "openvino",    "local-completions"};
  const std::string pretrained = ArgumentOf(model_args, "pretrained"),
                    dtype = ArgumentOf(model_args, "dtype");
  const bool is_kind = std::ranges::find(kKinds, model) != kKinds.end() && !std::filesystem::exists(model);
  VFFN_CHECK(!is_kind && pretrained.empty(), "--model ", model,
             model_args.empty() ? "" : " --model_args " + model_args,
             ": --model is the path of a checkpoint here, and --model_args has options of vffn's own. Write "
             "--model ",
             pretrained.empty() ? "PATH" : pretrained, dtype.empty() ? "" : " --dtype float32 (or bfloat16)",
             "; a model of the Hugging Face hub must be downloaded first");
}

}  // namespace vffn
