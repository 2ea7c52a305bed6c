// Evaluations of the program compared with those of lm-evaluation-harness 0.4.13 and ai2-olmo-eval 0.9.0
// themselves (tests/golden/harness).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <tuple>

#include "base/json.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/eval/gzip_lines.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

const fs::path kHarness = fs::path(VFFN_TESTS_DIR) / "golden" / "harness";
constexpr size_t kMaxLength = 128;  // of the model
constexpr int kChoices = 723;       // of 25 docs of each task

struct HarnessRun {
  std::string name;     ///< of the test
  std::string variant;  ///< the files beside the weights
  std::string golden;   ///< the run of the harness
  std::string options;  ///< of the program
};

std::ostream& operator<<(std::ostream& out, const HarnessRun& run) { return out << run.name; }

/// Task, doc and choice.
using ChoiceKey = std::tuple<std::string, int, int>;

/// The requests that --show_requests printed: "prompt", "continuation ids", ...
std::map<ChoiceKey, std::map<std::string, Json>> ShownRequests(const fs::path& file) {
  std::map<ChoiceKey, std::map<std::string, Json>> requests;
  std::istringstream lines(ReadFile(file));
  ChoiceKey current;
  for (std::string line; std::getline(lines, line);) {
    char task[40];
    int doc = 0, choice = 0;
    const size_t colon = line.find(": ");
    if (std::sscanf(line.c_str(), "%39[a-z_], doc %d, choice %d", task, &doc, &choice) == 3) {
      current = {task, doc, choice};
    } else if (line.starts_with("  ") && colon != std::string::npos) {
      requests[current][line.substr(2, colon - 2)] = Json::parse(line.substr(colon + 2));
    }
  }
  return requests;
}

/// The file of `folder` whose name begins so.
fs::path FileIn(const fs::path& folder, const std::string& begin) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(begin)) {
      return entry.path();
    }
  }
  throw std::runtime_error("no " + begin + "* in " + folder.string());
}

std::map<ChoiceKey, double> LogLikelihoods(const fs::path& output, const std::string& task) {
  std::map<ChoiceKey, double> values;
  for (const Json& sample : ReadGzipJsonLines(FileIn(output, "samples_" + task + "_").string())) {
    int choice = 0;
    for (const Json& response : sample.at("resps")) {
      values[{task, sample.at("doc_id").get<int>(), choice++}] = response.at(0).at(0).get<double>();
    }
  }
  return values;
}

/// The model with the files of a variant beside its weights.
void MakeModel(const fs::path& folder, const std::string& variant) {
  fs::copy(kHarness / "variants" / variant, folder);
  fs::copy(kHarness / "model" / "model.safetensors", folder / "model.safetensors");
}

/// `vffn eval` of FOLDER/model into FOLDER/out.
ProgramRun RunEval(const fs::path& folder, const std::string& options) {
  return RunProgram("eval --model model --output_path out --data " +
                        (kHarness / "goldens" / "data").string() + " " + options,
                    folder);
}

class Harness : public testing::TestWithParam<HarnessRun> {
 protected:
  void SetUp() override {
    MakeModel(folder_ / "model", GetParam().variant);
    const ProgramRun done = RunEval(folder_.path(), "--tasks all --show_requests 1000 --log_samples " +
                                                        GetParam().options + " > shown.txt");
    ASSERT_EQ(done.exit_code, 0) << done.output;
  }

  TemporaryFolder folder_;
};

/// The ids that the model reads: a context that is too long loses tokens on its left.
Json CutIds(const Json& ids) {
  Json context = ids.at(0);
  const size_t length = context.size() + ids.at(1).size() - 1;
  if (length > kMaxLength) {
    context.erase(context.begin(), context.begin() + static_cast<std::ptrdiff_t>(length - kMaxLength));
  }
  return context;
}

TEST_P(Harness, ScoresTheSame) {
  const auto requests = ShownRequests(folder_ / "shown.txt");
  const Json results = ReadJsonFile(FileIn(folder_ / "out", "results_")).at("results");
  int choices = 0;
  for (const Json& golden :
       ReadGzipJsonLines((kHarness / "goldens" / (GetParam().golden + ".jsonl.gz")).string())) {
    const auto task = golden.at("task").get<std::string>();
    const auto log_likelihoods = LogLikelihoods(folder_ / "out", task);
    int doc_id = 0;
    for (const Json& doc : golden.at("docs")) {
      for (int c = 0; c < static_cast<int>(doc.size()); ++c) {
        SCOPED_TRACE(task + ", doc " + std::to_string(doc_id) + ", choice " + std::to_string(c));
        const auto& ours = requests.at({task, doc_id, c});
        const Json& expected = doc.at(c);
        EXPECT_EQ(ours.at("prompt"), expected.at("texts").at(0));
        EXPECT_EQ(ours.at("continuation"), expected.at("texts").at(1));
        EXPECT_EQ(ours.at("prompt ids"), CutIds(expected.at("ids")));
        EXPECT_EQ(ours.at("continuation ids"), expected.at("ids").at(1));
        // float32 on both sides, sums of up to 100 tokens
        EXPECT_NEAR(log_likelihoods.at({task, doc_id, c}), expected.at("ll").get<double>(), 1e-3);
        ++choices;
      }
      ++doc_id;
    }
    for (const auto& [metric, value] : golden.at("scores").items()) {
      if (results.at(task).contains(metric + ",none")) {
        EXPECT_NEAR(results.at(task).at(metric + ",none").get<double>(), value.get<double>(), 1e-6)
            << task << " " << metric;
      } else {
        EXPECT_EQ(metric, "acc_norm") << task;  // of tasks for which the harness prints acc alone
      }
    }
  }
  EXPECT_EQ(choices, kChoices);
}

const std::vector<HarnessRun> kHarnessRuns = {
    {"LmEvalAddsNothing", "plain", "lm_eval_plain", "--profile lm-eval"},
    {"LmEvalWithoutBosToken", "no_bos", "lm_eval_plain", "--profile lm-eval"},
    {"LmEvalAddsBos", "bos", "lm_eval_bos", "--profile lm-eval"},
    {"LmEvalAddsBosOnRequest", "plain", "lm_eval_bos", "--profile lm-eval --add_bos_token true"},
    {"LmEvalAddsBosAndEos", "bos_eos", "lm_eval_bos_eos", "--profile lm-eval"},
    {"LmEvalAddsClassifierTokens", "roberta", "lm_eval_bos_eos", "--profile lm-eval"},
    {"LmEvalAddsBosAloneOnRequest", "bos_eos", "lm_eval_bos", "--profile lm-eval --add_bos_token true"},
    {"LmEvalAddsNothingOnRequest", "bos_eos", "lm_eval_plain", "--profile lm-eval --add_bos_token false"},
    {"OlmoAddsBos", "bos_eos", "olmo_bos", "--profile olmo-in-loop-0.9"},
    {"OlmoAddsNothing", "roberta", "olmo_roberta", "--profile olmo-in-loop-0.9"},
};

INSTANTIATE_TEST_SUITE_P(Runs, Harness, testing::ValuesIn(kHarnessRuns),
                         [](const auto& info) { return info.param.name; });

constexpr const char* kShort = "--tasks piqa --limit 2 --profile lm-eval ";

TEST(SpecialTokensOfARun, AreInItsResults) {
  const TemporaryFolder folder;
  MakeModel(folder / "model", "bos_eos");
  const ProgramRun run = RunEval(folder.path(), kShort);
  EXPECT_THAT(run.output, testing::HasSubstr("special tokens: before [1], after [0], empty context [1] "
                                             "(tokenizer.json: post_processor)"));
  const Json results = ReadJsonFile(FileIn(folder / "out", "results_"));
  EXPECT_EQ(results.at("vffn").at("special_tokens"), Json::parse(R"({"before": [1], "after": [0],
      "reason": "tokenizer.json: post_processor", "empty_context": 1,
      "empty_context_reason": "tokenizer_config.json: bos_token"})"));
}

// The vocabularies are the same: only the post-processor differs.
TEST(SpecialTokensOfARun, AreItsIdentity) {
  const TemporaryFolder folder;
  MakeModel(folder / "model", "plain");
  ASSERT_EQ(RunEval(folder.path(), kShort).exit_code, 0);
  EXPECT_EQ(RunEval(folder.path(), std::string(kShort) + "--resume").exit_code, 0);
  fs::copy(kHarness / "variants" / "bos" / "tokenizer.json", folder / "model/tokenizer.json",
           fs::copy_options::overwrite_existing);
  const ProgramRun resumed = RunEval(folder.path(), std::string(kShort) + "--resume");
  EXPECT_EQ(resumed.exit_code, 1);
  EXPECT_THAT(
      resumed.output,
      testing::AllOf(testing::HasSubstr("bos_token: -1 in the ledger, 1 now"),
                     testing::HasSubstr("special_tokens: before [], after [], empty context [1] in the "
                                        "ledger, before [1], after [], empty context [1] now")));
  EXPECT_EQ(RunEval(folder.path(), std::string(kShort) + "--resume --add_bos_token false").exit_code, 0);
}

TEST(SpecialTokensOfARun, AreThoseOfTheTokenizerThatIsGiven) {
  const TemporaryFolder folder;
  MakeModel(folder / "model", "plain");
  const std::string bos = (kHarness / "variants" / "bos").string();
  for (const std::string& tokenizer : {bos, bos + "/tokenizer.json"}) {
    fs::remove_all(folder / "out");
    EXPECT_THAT(RunEval(folder.path(), kShort + ("--tokenizer " + tokenizer)).output,
                testing::HasSubstr("special tokens: before [1]"));
  }
}

// Without BOS and with it, the two profiles of OLMo score other tokens.
TEST(SpecialTokensOfARun, DecideWhetherALedgerServesAnotherProfile) {
  const TemporaryFolder folder;
  MakeModel(folder / "model", "bos");
  ASSERT_EQ(RunEval(folder.path(), "--tasks piqa --limit 2").exit_code, 0);
  const ProgramRun rescored =
      RunProgram("rescore out/ledger.jsonl --profile olmo-in-loop-0.9", folder.path());
  EXPECT_EQ(rescored.exit_code, 1);
  EXPECT_THAT(rescored.output, testing::HasSubstr("puts other special tokens around the texts"));
  fs::remove_all(folder / "out");
  ASSERT_EQ(RunEval(folder.path(), "--tasks piqa --limit 2 --add_bos_token").exit_code, 0);
  EXPECT_EQ(RunProgram("rescore out/ledger.jsonl --profile olmo-in-loop-0.9", folder.path()).exit_code, 0);
}

}  // namespace
}  // namespace vffn
