// vffn analyze, as a process, on traces written here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "eval/ledger.h"
#include "reports/tables/csv.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/trace/random_trace.h"
#include "trace/branch_features.h"
#include "trace/trace_writer.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Analyze : public testing::Test {
 protected:
  void WriteTrace(const std::string& name, const TraceHeader& header) const {
    TraceWriter writer(folder_ / name, header, RandomPiece);
    for (int i = 0; i < 30; ++i) {
      writer.Write(RandomDocTrace(header.shape, i < 20 ? "arc_challenge" : "piqa", i, 2 + i % 7));
    }
    writer.Finish();
  }

  /// A ledger of the trace's run: doc i has two choices and is answered correctly if i is even.
  void WriteLedger(const std::string& name, const RunIdentity& identity) const {
    Ledger ledger = Ledger::Open(folder_ / name,
                                 {.identity = {.model_sha256 = identity.model_sha256,
                                               .tokenizer_sha256 = identity.tokenizer_sha256,
                                               .dtype = identity.dtype,
                                               .rendering = "olmo",
                                               .encoding = "separate",
                                               .bos_token = identity.bos_token,
                                               .max_sequence_length = identity.max_sequence_length,
                                               .ffn = identity.ffn}},
                                 LedgerMode::kNew);
    ledger.BeginTask({.name = "arc_challenge", .split = "validation", .data_set_size = 299, .docs = 20});
    for (int i = 0; i < 20; ++i) {
      const auto choice = [&](float log_prob) {
        return ScoredChoice{.tokens = {1},
                            .log_probs = {log_prob},
                            .greedy = {0},
                            .context_tokens = 3,
                            .length = {4, 4},
                            .length_without_blank = {3, 3}};
      };
      ledger.Append({.task = "arc_challenge",
                     .doc_id = i,
                     .gold = i % 2,
                     .request_sha256 = "x",
                     .choices = {choice(-1), choice(-2)}});
    }
    ledger.Sync();
  }

  /// Output of `vffn analyze ARGUMENTS`, run in the test's folder.
  std::string Run(const std::string& arguments, int expected_code = 0) const {
    const ProgramRun run = RunProgram("analyze " + arguments, folder_.path());
    EXPECT_EQ(run.exit_code, expected_code) << arguments << '\n' << run.output;
    return run.output;
  }

  CsvTable Csv(const std::string& name) const {
    return ParseCsv(ReadFile(folder_ / "out" / (name + ".csv")), name);
  }

  void ExpectNoNan() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "out")) {
      EXPECT_THAT(ReadFile(entry.path()), AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))))
          << entry.path();
    }
  }

  TemporaryFolder folder_;
  TraceHeader header_ = RandomTraceHeader();
};

TEST_F(Analyze, Loops) {
  WriteTrace("trace", header_);
  const std::string output = Run("loops --trace trace --output out");
  EXPECT_THAT(output, AllOf(HasSubstr("Mean loops"), HasSubstr("N_mean"), HasSubstr("repeated")));
  EXPECT_EQ(Csv("loops_averages").rows.size(), 6);
  EXPECT_EQ(Csv("loops_histogram").rows.size(), 6 * 3 * 4);
  const Json json = ReadJsonFile(folder_ / "out" / "loops.json");
  EXPECT_EQ(json["tables"]["loops_averages"][0]["docs"], 30);
  EXPECT_EQ(json["trace"]["identity"]["model_sha256"], "model");
  Run("loops --trace trace --output out --task piqa");
  EXPECT_EQ(ReadJsonFile(folder_ / "out" / "loops.json")["tables"]["loops_averages"][0]["docs"], 10);
  EXPECT_THAT(Run("loops --trace trace --task sciq", 1), AllOf(StartsWith("vffn: "), HasSubstr("sciq")));
  ExpectNoNan();
}

TEST_F(Analyze, TakesARunFolderAndFindsWhatLiesBesideTheTrace) {
  std::filesystem::create_directory(folder_ / "run");
  WriteTrace("run/trace", header_);
  const std::string expected = Run("loops run");
  for (const char* named :
       {"--trace run", "--trace run/", "run/trace", "--trace run/trace/", "run/trace/*"}) {
    EXPECT_EQ(Run(std::string("loops ") + named), expected) << named;
  }
  EXPECT_THAT(Run("loops run --by task"), Not(HasSubstr("Loops if wrong")));
  WriteLedger("run/ledger.jsonl", header_.identity);
  EXPECT_EQ(Run("loops run/ledger.jsonl"), expected);
  EXPECT_THAT(Run("loops run --by task"), HasSubstr("Loops if wrong"));
  EXPECT_EQ(Run("tokens run --replicates 0"), Run("tokens --trace run/trace --ledger run --replicates 0"));
  EXPECT_THAT(Run("tokens run --replicates 0"), HasSubstr("correctness"));
  EXPECT_THAT(Run("loops run --trace run", 1), HasSubstr("name two traces"));
  EXPECT_THAT(Run("loops", 1), HasSubstr("name a run of 'vffn eval --trace'"));
  EXPECT_THAT(Run("loops run --by category --category_field subject", 1),
              HasSubstr("there are no samples_*.jsonl beside the trace"));
}

TEST_F(Analyze, LeavesALedgerOfAnotherRunAside) {
  WriteTrace("trace", header_);
  RunIdentity other = header_.identity;
  other.model_sha256 = "another";
  WriteLedger("ledger.jsonl", other);
  EXPECT_THAT(Run("loops . --by task"), AllOf(HasSubstr("is of another run than the trace (model_sha256)"),
                                              Not(HasSubstr("Loops if wrong"))));
  EXPECT_THAT(Run("loops . --by task --ledger ledger.jsonl", 1),
              HasSubstr("the ledger is not of the trace's run"));
}

TEST_F(Analyze, LoopsByTask) {
  WriteTrace("trace", header_);
  WriteLedger("ledger.jsonl", header_.identity);
  const std::string output = Run("loops --trace trace --output out --by task --ledger ledger.jsonl");
  EXPECT_THAT(output, AllOf(HasSubstr("arc_challenge"), HasSubstr("mean loops are equal"),
                            HasSubstr("2 groups are the sample"), HasSubstr("Loops if wrong")));
  const CsvTable groups = Csv("loops_groups");
  ASSERT_EQ(groups.rows.size(), 2);
  EXPECT_EQ(groups.rows[0][0], "random");  // the model: there is no run.json
  EXPECT_EQ(groups.rows[0][1], "arc_challenge");
  EXPECT_EQ(groups.rows[0][3], "20");
  EXPECT_EQ(Csv("loops_groups_layers").rows.size(), 2 * 3);
  const Json json = ReadJsonFile(folder_ / "out" / "loops.json");
  const Json& within = json["tables"]["loops_within_tasks"];
  ASSERT_EQ(within.size(), 1);  // the ledger has one task
  EXPECT_EQ(within[0]["wrong"], 10);
  EXPECT_EQ(within[0]["right"], 10);
  EXPECT_EQ(json["tables"]["loops_groups"][0]["error_rate"], 0.5);
  EXPECT_TRUE(json["tables"]["loops_groups"][1]["error_rate"].is_null());
  EXPECT_EQ(json["tables"]["loops_groups_tests"][1]["count"], 1);  // one group is no correlation
  EXPECT_TRUE(json["tables"]["loops_groups_tests"][1]["p"].is_null());
  ExpectNoNan();
}

TEST_F(Analyze, LoopsByCategory) {
  WriteTrace("trace", header_);
  WriteFile(folder_ / "categories.csv",
            "task,category,doc_id\narc_challenge,science,\narc_challenge,plants,3\n");
  EXPECT_THAT(Run("loops --trace trace --output out --by category --categories categories.csv"),
              AllOf(HasSubstr("science"), HasSubstr("plants"), HasSubstr("piqa"), HasSubstr("--ledger")));
  EXPECT_EQ(Csv("loops_groups").rows.size(), 3);
  EXPECT_THAT(Run("loops --trace trace --by task --categories categories.csv", 1),
              HasSubstr("need --by category"));
  EXPECT_THAT(Run("loops --trace trace --by category --category_field x", 1), HasSubstr("--samples"));
  EXPECT_THAT(Run("loops --trace trace --by category --samples s.jsonl", 1),
              HasSubstr("--samples needs --category_field"));
  EXPECT_THAT(Run("loops --trace trace --ledger ledger.jsonl", 1), HasSubstr("--ledger needs --by"));
  ExpectNoNan();
}

TEST_F(Analyze, Experts) {
  WriteTrace("trace", header_);
  EXPECT_THAT(Run("experts --trace trace --output out --sharing repeated"), HasSubstr("Evenness"));
  EXPECT_EQ(Csv("experts_load").rows.size(), 6 * 3 * 8);
  ExpectNoNan();
}

// Experts in place of the dense FFN, more than a table has columns for; there are no loops and no lambda.
TEST_F(Analyze, ExpertsOfASparseMoe) {
  header_.config.ffn_hidden_size = 0;
  header_.config.ffn = {.kind = FfnKind::kSparseMoe, .n_experts = 40, .top_k = 4, .expert_hidden_size = 16};
  header_.shape = TraceShapeOf(header_.config, /*branches=*/false);
  WriteTrace("trace", header_);
  EXPECT_THAT(Run("experts --trace trace --output out"),
              AllOf(HasSubstr("Heaviest %"), HasSubstr("100.0"), Not(HasSubstr("E39"))));
  EXPECT_EQ(Csv("experts_load").rows.size(), 6 * 3 * 40);
  for (const char* analysis : {"loops", "words", "cosine", "tokens"}) {
    EXPECT_THAT(Run(std::string(analysis) + " --trace trace", 1), HasSubstr("a MoE model")) << analysis;
  }
  ExpectNoNan();
}

TEST_F(Analyze, Cosine) {
  WriteTrace("trace", header_);
  const DocTrace doc = RandomDocTrace(header_.shape, "arc_challenge", 4, 6);
  Random random(1, "features");
  BranchFeatures features{.task = doc.task, .doc_id = 4, .d_model = 5};
  for (int64_t node = 0; node < doc.nodes_run; ++node) {
    features.tokens.push_back(doc.tokens[node]);
    features.parents.push_back(doc.parents[node]);
    for (int i = 0; i < 5; ++i) {
      features.layers[2].width_out.push_back(static_cast<float>(random.Uniform()));
      features.layers[2].depth_out.push_back(static_cast<float>(random.Uniform()));
    }
  }
  WriteBranchFeatures(BranchFeaturesPath(folder_ / "trace", doc.task, 4), features);
  EXPECT_THAT(Run("cosine --trace trace --output out --task arc_challenge --doc 4 --choice 1 --layer 2"),
              AllOf(HasSubstr("Mean cosine"), HasSubstr("choice 1: 7 tokens")));
  EXPECT_EQ(Csv("cosine_heatmap").rows.size(), 49);
  EXPECT_EQ(Csv("cosine_layers").rows.size(), 3);
  EXPECT_THAT(Run("cosine --trace trace --task arc_challenge --doc 4 --layer 1", 1),
              HasSubstr("of layers 2"));
  EXPECT_THAT(Run("cosine --trace trace --task arc_challenge --doc 5", 1), HasSubstr("--trace_features"));
  // Nothing is printed or written before the options are checked.
  for (const char* wrong :
       {"--doc 4 --layer 9 --task arc_challenge", "--doc 99 --task arc_challenge", "--doc 4"}) {
    EXPECT_THAT(Run(std::string("cosine --trace trace --output new ") + wrong, 1), StartsWith("vffn: "))
        << wrong;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new"));
  ExpectNoNan();
}

TEST_F(Analyze, Words) {
  WriteTrace("trace", header_);
  EXPECT_THAT(Run("words --trace trace --output out --layer 1"),
              AllOf(HasSubstr("lambda 0.75 (1 loop)"), HasSubstr("Most typical"), HasSubstr("Layer 1")));
  EXPECT_EQ(Csv("words_bins").rows.size(), 4);
  EXPECT_GT(Csv("words").rows.size(), 20);
  EXPECT_THAT(Run("words --trace trace"),
              AllOf(HasSubstr("words of the prompts' templates and solved examples, 0 stop words"),
                    HasSubstr("words may be of the prompt's template")));
  WriteFile(folder_ / "stop", "17\n3\n");
  WriteFile(folder_ / "more", "4\n");
  Run("words --trace trace --output out --stop_words stop --extra_stop_words more");
  const CsvTable words = Csv("words");
  EXPECT_THAT(words.header, testing::Contains("word"));
  for (const std::vector<std::string>& row : words.rows) {
    EXPECT_THAT(row[4], Not(AnyOf("17", "3", "4")));
  }
  header_.shape.from_doc = false;
  WriteTrace("old", header_);
  EXPECT_THAT(Run("words --trace old"), HasSubstr("The trace is of an older program"));
  EXPECT_THAT(Run("words --trace trace --edges 0,0.4,1"), HasSubstr("lambda [0, 0.4) (3 to 4 loops)"));
  EXPECT_THAT(Run("words --trace trace --layer 3", 1), HasSubstr("layers 0 to 2"));
  ExpectNoNan();
}

TEST_F(Analyze, Tokens) {
  WriteTrace("trace", header_);
  WriteLedger("ledger.jsonl", header_.identity);
  TraceHeader shuffled = header_;
  shuffled.identity.ffn = "{\"shuffle_loops\":1}";
  shuffled.config.ffn.probes.shuffle_loops = 1;
  WriteTrace("control", shuffled);
  EXPECT_THAT(Run("tokens --trace trace --ledger ledger.jsonl --control control --layer 0,2 --output out"),
              AllOf(HasSubstr("correctness"), HasSubstr("Control rho"),
                    HasSubstr("10 traced docs have no accuracy in ledger.jsonl")));
  const CsvTable csv = Csv("tokens");
  EXPECT_EQ(csv.rows.size(), 2 * 5 * 3);
  EXPECT_EQ(csv.rows[12], (std::vector<std::string>{"random", "arc_challenge,piqa", "real", "correctness", "",
                                                    csv.rows[12][5], csv.rows[12][6], csv.rows[12][7],
                                                    csv.rows[12][8], "20"}));
  EXPECT_NE(csv.rows[12][5], "");
  EXPECT_THAT(Run("tokens --trace trace --control trace", 1), HasSubstr("no control"));
  EXPECT_THAT(Run("tokens --trace control --ledger ledger.jsonl", 1),
              AllOf(HasSubstr("not of the trace's run"), HasSubstr("shuffle_loops")));
  ExpectNoNan();
}

TEST_F(Analyze, SaysThatADenseModelHasNothingAdaptive) {
  header_.config.ffn = {};
  header_.shape = TraceShapeOf(header_.config, true);
  WriteTrace("trace", header_);
  for (const char* analysis : {"loops", "experts", "cosine", "words", "tokens"}) {
    EXPECT_THAT(Run(std::string(analysis) + " --trace trace", 1),
                AllOf(StartsWith("vffn: no "), HasSubstr("nothing adaptive")));
  }
  EXPECT_THAT(Run("loops --trace nowhere", 1), HasSubstr("nowhere"));
}

}  // namespace
}  // namespace vffn
