// The program as its users meet it: a process, its output, its exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <sstream>
#include <thread>

#include "base/json.h"
#include "model/weights/checkpoint.h"
#include "tests/base/temporary_folder.h"
#include "tests/real/setup.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Outcome {
  int exit_code = 0;
  std::string output;  // stdout, then stderr
};

/// Starts the program with both outputs in files; returns its process id.
pid_t Start(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
  const pid_t child = fork();
  if (child == 0) {
    std::vector<char*> argv = {const_cast<char*>(VFFN_PROGRAM)};
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    if (!freopen((folder / "stdout").c_str(), "w", stdout) ||
        !freopen((folder / "stderr").c_str(), "w", stderr)) {
      _exit(126);
    }
    execv(VFFN_PROGRAM, argv.data());
    _exit(127);
  }
  return child;
}

/// Every parameter, bit for bit.
void ExpectSameModel(const Checkpoint& a, const Checkpoint& b) {
  EXPECT_EQ(a.config(), b.config());
  for (const ParameterSpec& spec : ParameterSpecs(a.config())) {
    const int64_t elements = spec.shape[0] * (spec.shape.size() > 1 ? spec.shape[1] : 1);
    std::vector<float> of_a(static_cast<size_t>(elements)), of_b(of_a.size());
    a.Read(spec.name, of_a);
    b.Read(spec.name, of_b);
    EXPECT_EQ(std::memcmp(of_a.data(), of_b.data(), of_a.size() * sizeof(float)), 0) << spec.name;
  }
}

class Program : public testing::Test {
 protected:
  Outcome Run(const std::vector<std::string>& arguments) {
    int status = 0;
    waitpid(Start(arguments, folder_.path()), &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
            ReadFile(folder_.path() / "stdout") + ReadFile(folder_.path() / "stderr")};
  }

  std::vector<std::string> Eval(const std::string& output, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"eval",
                                          "--model",
                                          SetupModel(),
                                          "--data",
                                          SetupData(),
                                          "--output_path",
                                          (folder_.path() / output).string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  /// The one file in an output folder whose name begins so.
  std::filesystem::path Find(const std::string& output, const std::string& beginning) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / output)) {
      if (entry.path().filename().string().starts_with(beginning)) {
        return entry.path();
      }
    }
    ADD_FAILURE() << "no " << beginning << "* in " << output;
    return {};
  }

  TemporaryFolder folder_;
};

TEST_F(Program, HelpSucceedsAndMistakesFail) {
  EXPECT_EQ(Run({"--help"}).exit_code, 0);
  EXPECT_EQ(Run({}).exit_code, 1);
  EXPECT_EQ(Run({"eval"}).exit_code, 1);
  EXPECT_EQ(Run({"frobnicate"}).exit_code, 1);
}

TEST_F(Program, ListsTasks) {
  const Outcome outcome = Run({"tasks"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("hellaswag"), HasSubstr("10042"), HasSubstr("winogrande")));
}

TEST_F(Program, ListsEveryTaskInAHundredColumns) {
  const Outcome outcome = Run({"tasks", "--all", "--data", folder_.path()});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("gsm8k/gold_bpb_5shot "), HasSubstr("social_iqa "),
                                    HasSubstr("minerva_math_counting_and_probability/gold_bpb_0shot "),
                                    HasSubstr("\ngroups: all (8), "), HasSubstr("\nno data in ")));
  std::istringstream lines(outcome.output);
  for (std::string line; std::getline(lines, line);) {
    const auto continued = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    const auto columns = static_cast<int64_t>(line.size()) - std::ranges::count_if(line, continued);
    EXPECT_TRUE(columns <= 100 || line.starts_with("no data in ")) << line;  // the folder's name may be long
  }
}

TEST_F(Program, ListsTheTasksOfAGroup) {
  const std::string data = std::string(VFFN_TESTS_DIR) + "/testdata/request_files";
  const Outcome outcome = Run({"tasks", "basic_skills", "codex_*", "--data", data, "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0);
  const Json rows = Json::parse(outcome.output);
  ASSERT_EQ(rows.size(), 8U);
  EXPECT_EQ(rows[0]["task"], "basic_skills_arithmetic/rc_5shot");
  EXPECT_EQ(rows[0]["shots"], 5);
  EXPECT_EQ(rows[0]["chance"], 0.1);
  EXPECT_EQ(rows[0]["has_data"], true);
  EXPECT_EQ(rows[1]["has_data"], false);
  EXPECT_EQ(rows[6]["task"], "codex_humaneval/gold_bpb_0shot");
  EXPECT_TRUE(rows[6]["chance"].is_null());
  EXPECT_THAT(Run({"tasks", "basic_skill"}).output, HasSubstr("did you mean basic_skills?"));
}

TEST_F(Program, NamesWhatIsWrong) {
  const auto model = folder_.path() / "model.gguf";
  WriteFile(model, "GGUF no more");
  const auto tokens = folder_.path() / "tokens.json";
  WriteFile(tokens, R"({"sequences": [[1, -2]]})");
  const std::string oracle = std::string(VFFN_TESTS_DIR) + "/testdata/oracles/dense_llama/checkpoint";
  const auto expect = [&](const std::vector<std::string>& arguments, const auto& matcher) {
    const Outcome outcome = Run(arguments);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.output, AllOf(StartsWith("vffn: "), matcher));
    EXPECT_THAT(outcome.output, Not(testing::ContainsRegex("\n[^ ]"))) << "one message, or a list of faults";
  };
  expect({"eval", "--model", "nowhere.gguf", "--tasks", "piqa"}, HasSubstr("nowhere.gguf"));
  expect({"eval", "--model", model, "--tasks", "piqa"}, HasSubstr("model.gguf"));
  expect({"eval", "--model", model, "--tasks", "pica"}, AllOf(HasSubstr("pica"), HasSubstr("piqa")));
  expect({"eval", "--model", model, "--tasks", "piqa,piqa"}, HasSubstr("twice"));
  expect({"eval", "--model", model, "--tasks", "piqa", "--profile", "mine"}, HasSubstr("lm-eval"));
  expect({"eval", "--model", oracle, "--tasks", "piqa"}, HasSubstr("--tokenizer"));
  expect({"logits", "--model", oracle, "--tokens", tokens, "--output", "/dev/null/x"}, HasSubstr("-2"));
  WriteFile(tokens, R"({"sequences": [[1, 100000]]})");
  expect({"logits", "--model", oracle, "--tokens", tokens, "--output", "/dev/null/x"}, HasSubstr("100000"));
  expect({"rescore", tokens, "--profile", "olmo"}, HasSubstr("not a results file"));
}

TEST_F(Program, CountsFlops) {
  const auto config = folder_.path() / "tiny.json";
  WriteFile(config, R"({"d_model": 8, "n_layers": 2, "n_heads": 2, "n_kv_heads": 2, "head_size": 4,
      "ffn_hidden_size": 16, "vocab_size": 10, "max_sequence_length": 5, "ffn": "versatile", "n_experts": 4,
      "top_k": 2, "expert_hidden_size": 4, "max_loops": 3})");
  // 2 * 3 * 8 * 16 a loop, 2 * 2 * 3 * 8 * 4 for two experts; 2 layers: 2 * (2 * 768 + 384 * 0.75)
  const Outcome outcome = Run({"flops", "--config", config, "--loop_histogram", "1,2,1", "--format", "json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  const Json model = ParseJson(outcome.output, "output")["models"][0];
  EXPECT_EQ(model["name"], "tiny");
  EXPECT_EQ(model["flops_per_token"]["paper_ffn_total"], 3648.0);
  EXPECT_EQ(model["flops_per_token"]["exact"]["ffn_total"], 3648.0);
  EXPECT_EQ(Run({"flops", "--config", config, "--mean_loops", "2", "--share_below_max", "0.75"}).exit_code,
            0);
  EXPECT_THAT(Run({"flops", "--table2"}).output, AllOf(HasSubstr("2264.924160"), HasSubstr("[3.03, 3.21]")));

  // 3 of 5 experts of 2 * 3 * 8 * 6, and the shared expert of 2 * 3 * 8 * 16; 2 layers.
  const auto folder = folder_.path() / "qwen";
  std::filesystem::create_directory(folder);
  WriteFile(folder / "config.json", R"({"architectures": ["Qwen2MoeForCausalLM"], "model_type": "qwen2_moe",
      "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2,
      "hidden_act": "silu", "rms_norm_eps": 1e-6, "max_position_embeddings": 5, "vocab_size": 10,
      "intermediate_size": 99, "moe_intermediate_size": 6, "shared_expert_intermediate_size": 16,
      "num_experts": 5, "num_experts_per_tok": 3, "tie_word_embeddings": false})");
  const Outcome sparse = Run({"flops", "--config", folder / "config.json", "--format", "json"});
  ASSERT_EQ(sparse.exit_code, 0) << sparse.output;
  const Json moe = ParseJson(sparse.output, "output")["models"][0];
  EXPECT_EQ(moe["name"], "qwen");
  EXPECT_EQ(moe["flops_per_token"]["exact"]["ffn_total"], 2 * (3 * 288 + 768));
  EXPECT_EQ(moe["flops_per_token"]["paper_ffn_total"], 2 * (3 * 288 + 768));
  EXPECT_EQ(moe["parameters"]["total"].get<int64_t>() - moe["parameters"]["active"].get<int64_t>(),
            2 * 2 * 144);

  const auto refused = [&](const std::vector<std::string>& more, const std::string& why) {
    std::vector<std::string> arguments = {"flops"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome result = Run(arguments);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.output, HasSubstr(why));
  };
  refused({}, "--config");
  refused({"--config", config, "--loop_histogram", "1,2"}, "up to 3 loops");
  refused({"--config", config, "--mean_loops", "3", "--share_below_max", "0.5"}, "impossible");
  refused({"--config", config, "--length", "6"}, "1 to 5");
  refused({"--config", config, "--model_args", "loops=4"}, "loops is 4");
  refused({"--run", config}, "not a results file");
  refused({"--table2", "--mean_loops", "3", "--share_below_max", "0.5"}, "--mean_loops");
}

TEST_F(Program, ComparesAndAudits) {
  const Outcome compared =
      Run({"compare", "paper:720M/6-Loop", "paper:720M/VersatileFFN", "--format", "json"});
  ASSERT_EQ(compared.exit_code, 0) << compared.output;
  const Json average = ParseJson(compared.output, "output")["comparisons"][0]["average"];
  EXPECT_NEAR(average["needed"]["correlation"].get<double>(), 0.91, 0.005);
  EXPECT_EQ(Run({"compare", "paper:720M/6-Loop"}).exit_code, 1);
  EXPECT_THAT(Run({"compare", "paper:720M/6-Loop", "nowhere"}).output, HasSubstr("no such file"));

  EXPECT_THAT(Run({"audit"}).output, AllOf(HasSubstr("67.16 is no whole number"), HasSubstr("Table 4A")));
  EXPECT_EQ(Run({"audit"}).exit_code, 0);
  const auto table = folder_.path() / "table.csv";
  WriteFile(table, "method,mine\nx,12.5\n");
  EXPECT_THAT(Run({"audit", "--table", table, "--questions", "mine=8"}).output, HasSubstr("given"));
  EXPECT_THAT(Run({"audit", "--table", table, "--questions", "mine=none"}).output, HasSubstr("TASK=N"));
  EXPECT_EQ(Run({"audit", "--table", table}).exit_code, 1);
}

TEST_F(Program, WritesLogits) {
  const std::string oracle = std::string(VFFN_TESTS_DIR) + "/testdata/oracles/dense_llama";
  const auto output = folder_.path() / "out.safetensors";
  const Outcome outcome = Run(
      {"logits", "--model", oracle + "/checkpoint", "--tokens", oracle + "/inputs.json", "--output", output});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(ReadFile(output), HasSubstr("\"logits\""));
}

TEST_F(Program, ConvertsThereAndBack) {
  const std::filesystem::path oracle =
      std::filesystem::path(VFFN_TESTS_DIR) / "testdata/oracles/dense_sequential/checkpoint";
  const auto convert = [&](const std::filesystem::path& model, const std::string& output,
                           std::vector<std::string> more) {
    std::vector<std::string> arguments = {"convert", "--model", model, "--output", folder_ / output};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  };
  EXPECT_THAT(convert(oracle, "ours", {"--to", "vffn"}).output,
              AllOf(HasSubstr("ours: dense model of 0.16 M parameters, format vffn"),
                    HasSubstr("no tokenizer.json: give --tokenizer FILE")));
  WriteFile(folder_ / "ours/tokenizer.json", "{}");
  EXPECT_THAT(convert(folder_ / "ours", "olmo", {"--format", "olmo"}).output, Not(HasSubstr("--tokenizer")));
  EXPECT_EQ(ReadFile(folder_ / "olmo/tokenizer.json"), "{}");
  ExpectSameModel(*OpenCheckpoint(oracle), *OpenCheckpoint(folder_ / "olmo"));

  EXPECT_EQ(convert(oracle, "new", {"--to", "olmo", "--upcycle", "versatile", "--max_loops", "6"}).exit_code,
            0);
  EXPECT_EQ(OpenCheckpoint(folder_ / "new")->config().ffn, (FfnConfig{.kind = FfnKind::kVersatile,
                                                                      .n_experts = 8,
                                                                      .top_k = 2,
                                                                      .expert_hidden_size = 16,
                                                                      .max_loops = 6}));
  const auto refused = [&](const std::vector<std::string>& more, const char* reason) {
    const Outcome outcome = convert(oracle, "refused", more);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.output, HasSubstr(reason));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "refused"));
  };
  refused({"--to", "gguf"}, "--to: is 'gguf'");
  refused({"--to", "vffn", "--upcycle", "k_loop", "--top_k", "2"}, "--top_k: --upcycle k_loop");
  refused({"--to", "vffn", "--upcycle", "mixture"}, "--upcycle: is 'mixture'");
  refused({"--to", "huggingface", "--upcycle", "moe"}, "FFN of kind moe");
  refused({"--to", "vffn", "--top_k", "2"}, "--upcycle");
}

// 135 million dequantised weights, q and k in another order, the head tied: all the same bits.
TEST_F(Program, ConvertsTheRealModel) {
  VFFN_SKIP_WITHOUT_SETUP();
  const Outcome outcome =
      Run({"convert", "--model", SetupModel(), "--output", folder_ / "out", "--to", "huggingface"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, HasSubstr("give --tokenizer " + std::string(SetupModel())));
  ExpectSameModel(*OpenCheckpoint(SetupModel()), *OpenCheckpoint(folder_ / "out"));
}

// A dense model made a VersatileFFN, scored, traced later, and analysed.
TEST_F(Program, TracesWhatAnEarlierRunScored) {
  VFFN_SKIP_WITHOUT_SETUP();
  ASSERT_EQ(Run({"convert", "--model", SetupModel(), "--output", folder_ / "upcycled", "--to", "vffn",
                 "--upcycle", "versatile"})
                .exit_code,
            0);
  std::vector<std::string> eval = {"eval",
                                   "--model",
                                   folder_ / "upcycled",
                                   "--tokenizer",
                                   SetupModel(),
                                   "--data",
                                   SetupData(),
                                   "--tasks",
                                   "arc_easy",
                                   "--limit",
                                   "2",
                                   "--output_path",
                                   folder_ / "scores"};
  ASSERT_EQ(Run(eval).exit_code, 0);
  eval.insert(eval.end(), {"--resume", "--trace", folder_ / "trace"});
  ASSERT_EQ(Run(eval).exit_code, 0);
  const Outcome loops =
      Run({"analyze", "loops", "--trace", folder_ / "trace", "--output", folder_ / "loops"});
  EXPECT_EQ(loops.exit_code, 0) << loops.output;
  EXPECT_THAT(loops.output, HasSubstr("N_mean"));

  const Outcome dense = Run(Eval("dense", {"--tasks", "arc_easy", "--limit", "2", "--trace",
                                           folder_ / "dense_trace", "--trace_branches"}));
  EXPECT_EQ(dense.exit_code, 1);
  EXPECT_THAT(dense.output, HasSubstr("--trace_branches: this model (ffn dense) does not run two branches"));
}

TEST_F(Program, AKilledRunResumesToTheSameBytes) {
  VFFN_SKIP_WITHOUT_SETUP();
  const std::vector<std::string> what = {"--tasks", "arc_easy,winogrande", "--limit",
                                         "25",      "--log_samples",       "--resume"};
  ASSERT_EQ(Run(Eval("whole", what)).exit_code, 0);

  for (int kills = 0; kills < 3; ++kills) {
    const pid_t child = Start(Eval("killed", what), folder_.path());
    // Long enough to score something, mostly; however far it came, the ledger must serve the next run.
    std::this_thread::sleep_for(std::chrono::milliseconds(700 + 500 * kills));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  const Outcome outcome = Run(Eval("killed", what));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;

  for (const char* beginning : {"samples_arc_easy", "samples_winogrande"}) {
    EXPECT_EQ(ReadFile(Find("whole", beginning)), ReadFile(Find("killed", beginning)));
  }
  Json whole = ReadJsonFile(Find("whole", "results_"));
  Json killed = ReadJsonFile(Find("killed", "results_"));
  for (Json* results : {&whole, &killed}) {  // when, and what this process did of it
    results->erase("date");
    results->erase("total_evaluation_time_seconds");
    results->at("vffn").erase("scoring");
  }
  EXPECT_EQ(whole.dump(), killed.dump());
}

TEST_F(Program, AnInterruptedRunSaysHowToGoOn) {
  VFFN_SKIP_WITHOUT_SETUP();
  const std::vector<std::string> what = {"--tasks", "hellaswag", "--limit", "2000", "--resume"};
  const pid_t child = Start(Eval("run", what), folder_.path());
  const auto ledger = folder_.path() / "run" / "ledger.jsonl";
  for (int i = 0; i < 600 && (!std::filesystem::exists(ledger) || std::filesystem::file_size(ledger) < 2000);
       ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_THAT(ReadFile(folder_.path() / "stderr"), HasSubstr("--resume"));
}

TEST_F(Program, ALedgerServesNoOtherRun) {
  VFFN_SKIP_WITHOUT_SETUP();
  ASSERT_EQ(Run(Eval("run", {"--tasks", "piqa", "--limit", "2"})).exit_code, 0);
  EXPECT_THAT(Run(Eval("run", {"--tasks", "piqa", "--limit", "2"})).output,
              HasSubstr("there is a ledger already"));
  const auto refused = [&](const std::vector<std::string>& more, const std::string& field) {
    std::vector<std::string> arguments = {"--tasks", "piqa", "--limit", "2", "--resume"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = Run(Eval("run", arguments));
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.output, HasSubstr(field));
  };
  refused({"--dtype", "bfloat16"}, "dtype: float32 in the ledger, bfloat16 now");
  refused({"--profile", "lm-eval"}, "rendering: olmo in the ledger, lm-eval now");
  refused({"--max_length", "100"}, "max_length: 8192 in the ledger, 100 now");
  refused({"--add_bos_token"}, "bos_token: -1 in the ledger, ");
  refused({"--add_bos_token", "true"}, "special_tokens: before [], after [] in the ledger, before [");
  refused({"--tokenizer-compat", "transformers-gguf"}, "tokenizer: ");
  EXPECT_EQ(Run(Eval("run", {"--tasks", "piqa", "--limit", "3", "--resume"})).exit_code, 0);
}

TEST_F(Program, CutsLongContextsAndCountsThem) {
  VFFN_SKIP_WITHOUT_SETUP();
  const Outcome outcome = Run(Eval("run", {"--tasks", "sciq", "--limit", "3", "--max_length", "40"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("contexts cut from the left"));
}

TEST_F(Program, ScoresRequestFiles) {
  VFFN_SKIP_WITHOUT_SETUP();
  const Outcome outcome = Run(
      Eval("run", {"--tasks", "oe:arc_easy/rc_0shot", "--limit", "3", "--log_samples", "--profile", "olmo"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("\narc_easy/rc_0shot"));
}

}  // namespace
}  // namespace vffn
