#include "apps/options/harness_options.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace vffn {
namespace {

constexpr const char* kShots =
    "the name of a task says how many solved examples its prompts have: boolq has none, boolq/rc_5shot five, "
    "and "
    "so have the tasks of the group olmes (--profile olmes); 'vffn tasks --all' lists them";

/// What to write here instead of an argument of the harness's models; "" : leave it out.
struct ModelArgument {
  std::string_view name, option;
};
constexpr std::array<ModelArgument, 21> kModelArguments = {{{"pretrained", "--model"},
                                                            {"path", "--model"},
                                                            {"dtype", "--dtype"},
                                                            {"device", "--device"},
                                                            {"tokenizer", "--tokenizer"},
                                                            {"max_length", "--max_length"},
                                                            {"max_model_len", "--max_length"},
                                                            {"add_bos_token", "--add_bos_token"},
                                                            {"batch_size", ""},
                                                            {"max_batch_size", ""},
                                                            {"trust_remote_code", ""},
                                                            {"use_fast_tokenizer", ""},
                                                            {"low_cpu_mem_usage", ""},
                                                            {"parallelize", ""},
                                                            {"device_map", ""},
                                                            {"device_map_option", ""},
                                                            {"attn_implementation", ""},
                                                            {"tensor_parallel_size", ""},
                                                            {"gpu_memory_utilization", ""},
                                                            {"logits_cache", ""},
                                                            {"softmax_dtype", ""}}};

using Arguments = std::vector<std::pair<std::string, std::string>>;

/// "pretrained=PATH, dtype=float16" by names; without "=", the value is empty.
Arguments ParseArguments(const std::string& model_args) {
  Arguments arguments;
  if (model_args.empty()) {
    return arguments;
  }
  for (const std::string& argument : SplitList(model_args, "--model_args")) {
    const size_t equals = std::min(argument.find('='), argument.size());
    arguments.emplace_back(argument.substr(0, equals),
                           argument.substr(std::min(equals + 1, argument.size())));
  }
  return arguments;
}

const ModelArgument* HarnessArgument(const std::string& name) {
  const auto found = std::ranges::find(kModelArguments, name, &ModelArgument::name);
  return found == kModelArguments.end() ? nullptr : &*found;
}

bool IsHarnessKind(const std::string& model) {
  constexpr std::array<std::string_view, 12> kKinds = {
      "hf",     "hf-auto", "hf-causal", "hf-seq2seq", "huggingface", "vllm",
      "sglang", "gguf",    "ggml",      "mamba_ssm",  "openvino",    "local-completions"};
  return std::ranges::find(kKinds, model) != kKinds.end() && !std::filesystem::exists(model);
}

/// " --dtype bfloat16" for dtype=bfloat16; a dtype that vffn does not have is float32.
std::string OptionFor(const ModelArgument& argument, const std::string& value) {
  const bool other_type = argument.name == "dtype" && value != "float32" && value != "bfloat16";
  return " " + std::string(argument.option) + " " + (other_type ? "float32 (or bfloat16)" : value);
}

void AddHints(Command& command,
              std::initializer_list<std::pair<std::vector<const char*>, const char*>> hints) {
  for (const auto& [names, advice] : hints) {
    for (const char* name : names) {
      command.AddHint(name, advice);
    }
  }
}

}  // namespace

void AddHarnessOptions(HarnessOptions& options, Command& command) {
  command.BeginGroup("Options of lm-evaluation-harness that change nothing here");
  command
      .Add("--num_fewshot N", &options.num_fewshot, "Only 0: the name of a task says how many shots it has.")
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
  command.Add("--fewshot_as_multiturn", &options.fewshot_as_multiturn, "As --apply_chat_template.");
  command.Add("--system_instruction TEXT", &options.system_instruction, "As --apply_chat_template.")
      .Default("none");
}

void AddModelHints(Command& command) {
  AddHints(
      command,
      {{{"-m", "-M", "--model_path", "--model_name", "--model_name_or_path", "--pretrained", "--checkpoint"},
        "write --model PATH"},
       {{"--threads", "--num_threads", "--n_threads", "--num_workers"}, "write --workers N"},
       {{"-o", "--output_dir", "--output_folder", "--out"}, "write --output DIR"},
       {{"-c", "--ctx_size", "--max_model_len", "--max_seq_len", "--context_length"}, "write --max_length N"},
       {{"-a"}, "write --model_args NAME=VALUE,..."}});
}

void AddEvaluationHints(Command& command) {
  AddHints(
      command,
      {{{"-t", "--task"}, "write --tasks NAME,..."},
       {{"-L", "--max_samples", "--num_samples", "--n_samples"}, "write --limit N"},
       {{"-b"}, "scores do not depend on how docs are packed: leave it out"},
       {{"-f", "--num_shots", "--n_shot", "--shots", "--fewshot"}, kShots},
       {{"-s", "--save_details"}, "write --log_samples"},
       {{"-w"}, "write --show_requests N, which prints the prompts of N docs"},
       {{"-x", "--predict_only"},
        "the ledger in --output keeps the log-probability of every token: 'vffn rescore' computes other "
        "scores "
        "from it, without the model"},
       {{"--use_cache", "--cache_requests"},
        "the ledger in --output keeps what was scored: --resume continues it, and 'vffn rescore' reads it"},
       {{"-E", "--samples"}, "--limit N scores the first N docs of each task"},
       {{"--gen_kwargs", "--max_gen_toks", "--temperature"},
        "no text is generated: every score comes from the probabilities of given texts"},
       {{"-C", "--config"},
        "options stand on the command line; 'vffn reproduce' reads several models and their options from a "
        "manifest"},
       {{"--custom_tasks"}, "write --include_path DIR, or --tasks FILE.yaml"},
       {{"--wandb_args", "--wandb_config_args", "--trackio_args", "--hf_hub_log_args", "--push_to_hub"},
        "nothing is sent anywhere: results_*.json in --output has all scores"},
       {{"--bootstrap_iters"},
        "standard errors of scores need no bootstrap; 'vffn compare --replicates N' has one"},
       {{"--metadata"}, "no task takes arguments"},
       {{"--show_config", "--check_integrity"}, "'vffn tasks NAME --long' describes a task"},
       {{"--hellaswag", "--winogrande", "--multiple_choice"}, "write --tasks hellaswag (or winogrande, ...)"},
       {{"--hellaswag_tasks", "--winogrande_tasks", "--multiple_choice_tasks"},
        "write --tasks hellaswag --limit N"},
       {{"--perplexity", "--ppl", "--text"}, "'vffn loss --text FILE' measures the loss of a text"}});
}

void AddCommandHints(Command& program) {
  AddHints(program, {{{"run", "evaluate", "score"}, "write 'vffn eval'"},
                     {{"ls", "list"}, "write 'vffn tasks' or 'vffn models'"},
                     {{"validate"}, "'vffn tasks NAME --long' describes a task"},
                     {{"perplexity", "ppl"}, "write 'vffn loss'"},
                     {{"quantize"}, "'vffn convert' writes checkpoints in float32 and bfloat16"},
                     {{"finetune"}, "write 'vffn train'"},
                     {{"diff"}, "write 'vffn compare'"}});
}

std::string NoEffectText(const HarnessOptions& options) {
  VFFN_CHECK(options.num_fewshot.empty() || options.num_fewshot == "0", "--num_fewshot ", options.num_fewshot,
             ": leave it out; ", kShots);
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
      {with("--num_fewshot", options.num_fewshot), "the name of a task says how many shots it has"},
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
  const bool is_kind = IsHarnessKind(model);
  std::string path = is_kind ? "PATH" : model, options, left_out, own;
  bool of_harness = is_kind;
  for (const auto& [name, value] : ParseArguments(model_args)) {
    const ModelArgument* argument = HarnessArgument(name);
    of_harness |= argument != nullptr;
    if (argument == nullptr) {
      own.append(own.empty() ? " --model_args " : ",").append(name).append("=").append(value);
    } else if (argument->option == "--model") {
      path = value;
    } else if (argument->option.empty()) {
      left_out.append(left_out.empty() ? "" : ", ").append(name);
    } else {
      options += OptionFor(*argument, value);
    }
  }
  VFFN_CHECK(!of_harness, "--model ", model, model_args.empty() ? "" : " --model_args " + model_args,
             ": --model is the path of a checkpoint here, and --model_args has options of vffn's own. Write "
             "--model ",
             path, options, own, left_out.empty() ? "" : ", and leave out " + left_out,
             path == model ? "" : "; a model of the Hugging Face hub must be downloaded first");
}

}  // namespace vffn
