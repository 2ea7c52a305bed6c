// vffn figure, as a process, on traces and runs made here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "reports/figures/renderer.h"
#include "reports/figures/svg_facts.h"
#include "reports/tables/csv.h"
#include "tests/apps/run_program.h"
#include "tests/base/temporary_folder.h"
#include "tests/trace/random_trace.h"
#include "trace/branch_features.h"
#include "trace/trace_writer.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr double kMillimetre = 96 / 25.4;

class FigureProgram : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasRenderer()) {
      GTEST_SKIP() << "vl-convert is missing: make setup";
    }
    WriteTrace("a/trace", header_);
  }

  void WriteTrace(const std::string& name, const TraceHeader& header) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    TraceWriter writer(folder_ / name, header, RandomPiece);
    for (int i = 0; i < 12; ++i) {
      writer.Write(RandomDocTrace(header.shape, i < 8 ? "arc_challenge" : "piqa", i, 2 + i % 7));
    }
    writer.Finish();
  }

  void WriteFeatures(const std::string& trace, int64_t layer) const {
    const DocTrace doc = RandomDocTrace(header_.shape, "arc_challenge", 4, 6);
    Random random(1, "features");
    BranchFeatures features{.task = doc.task, .doc_id = 4, .d_model = 5};
    for (int64_t node = 0; node < doc.nodes_run; ++node) {
      features.tokens.push_back(doc.tokens[node]);
      features.parents.push_back(doc.parents[node]);
      for (int i = 0; i < 5; ++i) {
        features.layers[layer].width_out.push_back(static_cast<float>(random.Uniform()));
        features.layers[layer].depth_out.push_back(static_cast<float>(random.Uniform()));
      }
    }
    WriteBranchFeatures(BranchFeaturesPath(folder_ / trace, doc.task, 4), features);
  }

  std::string Run(const std::string& arguments, int exit_code = 0) const {
    const ProgramRun run = RunProgram("figure " + arguments, folder_.path());
    EXPECT_EQ(run.exit_code, exit_code) << arguments << '\n' << run.output;
    return run.output;
  }

  SvgFacts Svg(const std::string& name) const { return ReadSvgFacts(ReadFile(folder_ / name), name); }

  TemporaryFolder folder_;
  TraceHeader header_ = RandomTraceHeader();
};

TEST_F(FigureProgram, HasTheSizeTheNoteAndTheFilesThatWereAskedFor) {
  EXPECT_THAT(Run("loops a --output out/fig.svg --width 80mm --height 95mm --font_size 8 --layers 0,2"),
              HasSubstr("wrote out/fig.svg"));
  const SvgFacts svg = Svg("out/fig.svg");
  EXPECT_NEAR(svg.width, 80 * kMillimetre, 1.5);
  EXPECT_NEAR(svg.height, 95 * kMillimetre, 1.5);
  EXPECT_TRUE(svg.font_sizes.contains(8.0 * 96 / 72)) << *svg.font_sizes.begin();
  std::string texts;
  for (const std::string& text : svg.texts) {
    texts += text + "|";
  }
  EXPECT_THAT(texts, AllOf(HasSubstr("arc_challenge"), HasSubstr("piqa"), HasSubstr("12 docs")));
  const CsvTable csv = ParseCsv(ReadFile(folder_ / "out/fig.csv"), "csv");
  EXPECT_EQ(csv.rows.size(), 2u);
  EXPECT_THAT(
      ReadFile(folder_ / "out/fig.txt"),
      AllOf(HasSubstr("N_mean is "), HasSubstr("Layers 0 and 2 are shown."), HasSubstr("12 documents")));
  EXPECT_THAT(ReadFile(folder_ / "out/fig.tex"),
              AllOf(HasSubstr("\\caption{"), HasSubstr("N\\_mean"), HasSubstr("\\label{fig:fig}")));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/fig.vl.json"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out/fig.pdf"));
}

TEST_F(FigureProgram, TheCaptionOfOneLayerComparesNone) {
  Run("loops a --output one.svg --layers 1");
  EXPECT_THAT(ReadFile(folder_ / "one.txt"), AllOf(HasSubstr("Only layer 1 is shown."),
                                                   HasSubstr(" in layer 1."), Not(HasSubstr("lowest"))));
}

TEST_F(FigureProgram, ErrorsNameTheTrace) {
  TraceHeader dense = header_;
  dense.config.ffn = {};
  dense.shape = TraceShapeOf(dense.config, /*branches=*/false);
  WriteTrace("dense/trace", dense);
  EXPECT_THAT(Run("loops a dense --output x.svg", 1), HasSubstr("dense/trace: no loop counts in this trace"));
}

TEST_F(FigureProgram, FiguresOfRunsHaveTheirScores) {
  const std::string repository = VFFN_TESTS_DIR "/..", data = repository + "/tests/testdata/tasks";
  for (const char* model : {"base", "versatile"}) {
    const ProgramRun run = RunProgram("eval --model " + repository + "/study/models/" + model +
                                          " --tasks arc_easy,piqa --data " + data + " --output " + model,
                                      folder_.path());
    ASSERT_EQ(run.exit_code, 0) << run.output;
  }
  Run("reliability base versatile --output out/reliability.svg");
  EXPECT_THAT(ReadFile(folder_ / "out/reliability.txt"),
              AllOf(HasSubstr("base, arc_easy (acc): 5 questions, expected calibration error 0."),
                    HasSubstr("versatile, piqa (len_norm): 4 questions, ")));
  EXPECT_TRUE(Svg("out/reliability.svg").texts.contains("versatile, piqa"));
  Run("pareto base versatile --name base=Ours --output out/pareto.svg");
  const SvgFacts svg = Svg("out/pareto.svg");
  EXPECT_TRUE(svg.texts.contains("Ours") && svg.texts.contains("versatile"));
  EXPECT_THAT(ReadFile(folder_ / "out/pareto.txt"), HasSubstr("Average accuracy over arc_easy, piqa"));
}

TEST_F(FigureProgram, SeveralModelsArePanels) {
  TraceHeader other = header_;
  other.config.ffn.probes.shuffle_loops = 1;
  WriteTrace("b/trace", other);
  WriteFile(folder_ / "a/run.json", "{\"name\": \"first\"}");
  WriteFile(folder_ / "b/run.json", "{\"name\": \"second\"}");
  Run("loops a b --name second=Ours --output two.svg --width 170mm");
  const SvgFacts svg = Svg("two.svg");
  EXPECT_TRUE(svg.texts.contains("first"));
  EXPECT_TRUE(svg.texts.contains("Ours"));
  EXPECT_EQ(svg.texts.count("mean loops"), 1u) << "the panels share an axis";
  EXPECT_NEAR(svg.width, 170 * kMillimetre, 1.5);
  EXPECT_THAT(ReadFile(folder_ / "two.csv"), AllOf(HasSubstr("\nfirst,"), HasSubstr("\nOurs,")));
  EXPECT_THAT(Run("loops a b --name nobody=x --output x.svg", 1), HasSubstr("no such name"));
  EXPECT_THAT(Run("loops a b --panels task --output x.svg", 1), HasSubstr("the tasks of one model"));
  Run("experts a --panels task --output tasks.svg");
  EXPECT_THAT(ReadFile(folder_ / "tasks.csv"), AllOf(HasSubstr("\npiqa,"), HasSubstr("\narc_challenge,")));
}

TEST_F(FigureProgram, EveryKindOfATraceIsDrawn) {
  WriteFeatures("a/trace", 2);
  for (const char* figure :
       {"experts a", "cosine a", "words a --layer 1", "words a --weight log_odds", "tokens a", "skills a",
        "skills a --by category", "loops a --log --part continuation",
        "cosine a --task arc_challenge --doc 4 --choice 1 --layer 2"}) {
    Run(std::string(figure) + " --output out/ --file-format svg");
  }
  for (const char* name : {"experts", "cosine-layers", "words", "words-log-odds", "tokens", "loops-groups",
                           "loops", "cosine-arc_challenge-4-layer-2"}) {
    EXPECT_GT(Svg("out/" + std::string(name) + ".svg").texts.size(), 3u) << name;
  }
}

TEST_F(FigureProgram, RefusesWhatCannotBeDrawnAndWritesNothing) {
  WriteFeatures("a/trace", 2);
  const std::string end = " --output out";
  EXPECT_THAT(Run("words a --log" + end, 1), AllOf(HasSubstr("no axis"), HasSubstr("loops")));
  EXPECT_THAT(Run("loops a --layers 0-7" + end, 1), HasSubstr("has layers 0 to 2"));
  EXPECT_THAT(Run("words a --layers 0,1" + end, 1), HasSubstr("shows one layer"));
  EXPECT_THAT(Run("loops a --font 'Libration Sans'" + end, 1), HasSubstr("is not installed"));
  EXPECT_THAT(Run("loops a --palette virdis" + end, 1), HasSubstr("did you mean viridis?"));
  EXPECT_THAT(Run("experts a --palette set1" + end, 1), HasSubstr("a scale of numbers needs"));
  EXPECT_THAT(Run("loops a --tasks sciq" + end, 1), AllOf(HasSubstr("no task sciq"), HasSubstr("piqa")));
  EXPECT_THAT(Run("loops a --width 22mm" + end, 1), HasSubstr("has no room"));
  EXPECT_THAT(Run("cosine a --doc 4" + end, 1), HasSubstr("choose one of them"));
  EXPECT_THAT(Run("cosine a --doc 4 --task arc_challenge --layer 1" + end, 1), HasSubstr("of layers 2"));
  EXPECT_THAT(Run("cosine a --doc 4 --task arc_challenge --layer 9" + end, 1),
              HasSubstr("has layers 0 to 2"));
  EXPECT_THAT(Run("loop a", 1), HasSubstr("loops"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(FigureProgram, TitleAndNoteCanBeLeftOut) {
  Run("loops a --output with.svg");
  Run("loops a --output without.svg --no-title --no-note");
  EXPECT_LT(Svg("without.svg").height, Svg("with.svg").height - 20);
  EXPECT_FALSE(Svg("without.svg").texts.contains(header_.Label()));
}

TEST_F(FigureProgram, AnEditedSpecificationIsDrawnAgain) {
  Run("loops a --output out/fig.svg");
  OrderedJson spec = OrderedJson::parse(ReadFile(folder_ / "out/fig.vl.json"));
  spec["vconcat"][1]["encoding"]["x"]["axis"]["title"] = "block";
  const std::string edited = spec.dump(1);
  WriteFile(folder_ / "out/fig.vl.json", edited);
  EXPECT_THAT(Run("figure.vl.json", 1), HasSubstr("figure.vl.json"));
  Run("render out/fig.vl.json --file_format svg --width 120mm --font_size 9 --no_title");
  const SvgFacts svg = Svg("out/fig.svg");
  EXPECT_TRUE(svg.texts.contains("block"));
  EXPECT_FALSE(svg.texts.contains(header_.Label()));
  EXPECT_NEAR(svg.width, 120 * kMillimetre, 1.5);
  EXPECT_TRUE(svg.font_sizes.contains(12));
  EXPECT_EQ(ReadFile(folder_ / "out/fig.vl.json"), edited);

  WriteFile(folder_ / "out/fig.vl.json", edited.substr(0, 200));
  EXPECT_THAT(Run("render out/fig.vl.json", 1), AllOf(HasSubstr("out/fig.vl.json"), HasSubstr("line ")));
  WriteFile(folder_ / "out/fig.vl.json", "{}");
  EXPECT_THAT(Run("render out/fig.vl.json", 1), HasSubstr("not a specification of Vega-Lite"));
  Run("words a --output words.svg");
  EXPECT_THAT(Run("render words.vl.json --width 80mm", 1), HasSubstr("fixed places"));
  Run("render words.vl.json --output again.png");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "again.png"));
}

TEST(FigureProgramOfLogs, DrawsTrainingRuns) {
  if (!HasRenderer()) {
    GTEST_SKIP() << "vl-convert is missing: make setup";
  }
  const TemporaryFolder folder;
  const std::string runs = VFFN_TESTS_DIR "/testdata/training/";
  const auto draw = [&](const std::string& arguments) {
    const ProgramRun run =
        RunProgram("figure " + arguments + " --output out --file_format svg", folder.path());
    EXPECT_EQ(run.exit_code, 0) << arguments << run.output;
  };
  draw("training-loss " + runs + "dense " + runs + "versatile --name versatile=Ours --log");
  draw("training-layers " + runs + "versatile --width 140mm");
  draw("training-loops " + runs + "versatile");
  draw("training-experts " + runs + "versatile");
  draw("training-differences " + runs + "dense " + runs + "versatile");
  EXPECT_THAT(ReadFile(folder / "out/training-loss.txt"), HasSubstr("Ours: "));
  EXPECT_THAT(ReadFile(folder / "out/training-loss.vl.json"), HasSubstr("\"log\""));
  const ProgramRun two =
      RunProgram("figure training-loops " + runs + "dense " + runs + "versatile", folder.path());
  EXPECT_THAT(two.output, HasSubstr("is of one run"));
  EXPECT_THAT(two.output, Not(HasSubstr("wrote")));
}

TEST(FigureProgramList, NamesEveryKind) {
  const ProgramRun run = RunProgram("figure list");
  EXPECT_EQ(run.exit_code, 0);
  for (const char* kind : {"loops", "cosine", "training-experts"}) {
    EXPECT_THAT(run.output, HasSubstr(kind));
  }
}

}  // namespace
}  // namespace vffn
