#include "analysis/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/trace/random_trace.h"
#include "text/cloud_word.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A trie of pieces: parent, piece, weight, scored, lambda (of nodes with weight).
class Doc {
 public:
  int32_t Add(int32_t parent, const std::string& piece, int32_t weight, int32_t scored, float lambda = 0) {
    doc_.parents.push_back(parent);
    doc_.tokens.push_back(1);
    doc_.pieces.push_back(piece);
    doc_.readers.push_back(weight);
    doc_.scored.push_back(scored);
    if (weight > 0) {
      ++doc_.nodes_run;
      doc_.lambdas.push_back(lambda);
    }
    return static_cast<int32_t>(doc_.nodes()) - 1;
  }
  /// Of the node added last.
  void SetOrigin(std::optional<bool> from_doc) {
    doc_.from_doc.resize(doc_.nodes());
    doc_.from_doc.back() = from_doc;
  }
  const DocTrace& doc() const { return doc_; }

 private:
  DocTrace doc_{.task = "t"};
};

/// "bin word count" of all, by bin.
std::vector<std::string> WordsOf(const WordReport& report) {
  std::vector<std::string> words;
  for (size_t i = 0; i < report.bins.size(); ++i) {
    for (const WordScore& score : report.bins[i].scores) {
      words.push_back(std::to_string(i) + " " + score.word + " " + std::to_string(score.count));
    }
  }
  return words;
}

WordReport Analyse(const Doc& doc, WordOptions options = {}) {
  WordAnalysis analysis(RandomTraceHeader(1), std::move(options));
  analysis.Add(doc.doc());
  return analysis.Result();
}

/// "The unhappy (café) " and then " clean", "." or " cleaning"; the last token of each is never read.
Doc Example() {
  Doc doc;
  int32_t node = doc.Add(-1, "The", 2, 0, 0.75);
  node = doc.Add(node, " un", 2, 0, 0.5);
  node = doc.Add(node, "happy", 2, 0, 0.0);
  node = doc.Add(node, " (", 2, 0, 0.75);
  node = doc.Add(node, "caf", 2, 0, 0.25);
  node = doc.Add(node, "\xC3", 2, 0, 0.25);
  node = doc.Add(node, "\xA9", 2, 0, 0.25);
  node = doc.Add(node, ")", 2, 0, 0.75);
  node = doc.Add(node, " clean", 2, 2, 0.0);
  doc.Add(node, ".", 0, 1);
  doc.Add(node, "ing", 0, 1);
  return doc;
}

TEST(WordAnalysis, JoinsPiecesAndAveragesLambda) {
  const WordReport report = Analyse(Example());
  EXPECT_THAT(WordsOf(report),
              ElementsAre("0 clean 1", "0 cleaning 1", "1 café 1", "1 unhappy 1", "3 the 1"));
  EXPECT_EQ(report.words, 5);
}

TEST(WordAnalysis, CountsByConvention) {
  EXPECT_THAT(WordsOf(Analyse(Example(), {.counting = {Sharing::kRepeated, Part::kAll}})),
              ElementsAre("0 clean 1", "0 cleaning 1", "1 café 2", "1 unhappy 2", "3 the 2"));
  EXPECT_THAT(WordsOf(Analyse(Example(), {.counting = {Sharing::kOnce, Part::kContinuation}})),
              ElementsAre("0 clean 1", "0 cleaning 1"));
  EXPECT_THAT(WordsOf(Analyse(Example(), {.counting = {Sharing::kOnce, Part::kContext}})),
              ElementsAre("1 café 1", "1 unhappy 1", "3 the 1"));
}

TEST(WordAnalysis, LeavesOutWhatItSays) {
  Doc doc;
  doc.Add(-1, " --", 1, 0, 0.5);
  doc.Add(-1, "The", 1, 0, 0.5);
  doc.Add(-1, "Cup,", 1, 0, 0.5);
  const WordReport report = Analyse(
      doc, {.lower_case = false, .is_stop_word = [](const std::string& word) { return word == "the"; }});
  EXPECT_THAT(WordsOf(report), ElementsAre("2 Cup 1"));
  EXPECT_EQ(report.stop_words, 1);
  EXPECT_EQ(report.punctuation, 1);
  Doc broken;
  broken.Add(-1, "\xC3", 1, 0, 0.5);
  EXPECT_EQ(Analyse(broken).undecodable, 1);
  EXPECT_THAT(WordsOf(Analyse(Example(), {.least_count = 2})), ElementsAre());
}

TEST(WordAnalysis, LeavesOutTheWordsOfThePrompt) {
  Doc doc;
  int32_t node = doc.Add(-1, "Quest", 1, 0, 0.5);
  doc.SetOrigin(false);
  node = doc.Add(node, "ion", 1, 0, 0.5);
  doc.SetOrigin(false);
  node = doc.Add(node, " Which", 1, 0, 0.5);
  doc.SetOrigin(true);
  node = doc.Add(node, " question", 1, 0, 0.5);
  doc.SetOrigin(true);
  node = doc.Add(node, " untold", 1, 0, 0.5);
  doc.SetOrigin(std::nullopt);
  node = doc.Add(node, " Answer", 1, 0, 0.5);
  doc.SetOrigin(false);
  doc.Add(node, " question", 1, 1, 0.5);
  doc.SetOrigin(std::nullopt);
  const WordReport report = Analyse(doc);
  EXPECT_THAT(WordsOf(report), ElementsAre("2 question 2", "2 untold 1", "2 which 1"));
  EXPECT_EQ(report.prompt_words, 2);
  EXPECT_EQ(report.unknown_words, 1);
  EXPECT_EQ(Analyse(Example()).unknown_words, 3);  // an old trace: all words of the context
}

TEST(WordAnalysis, KeepsFormulasWhole) {
  Doc doc;
  int32_t node = doc.Add(-1, " (Ca", 1, 0, 0.75);
  for (const char* piece : {"CO", "_{", "3", "}", "),"}) {
    node = doc.Add(node, piece, 1, 0, 0.25);
  }
  EXPECT_THAT(WordsOf(Analyse(doc)), ElementsAre("1 caco_{3} 1"));
}

TEST(WordAnalysis, OneBinHasNoOdds) {
  Doc doc;
  doc.Add(-1, "alone", 1, 0, 0.5);
  const WordReport report = Analyse(doc);
  EXPECT_TRUE(report.bins[0].scores.empty());
  ASSERT_EQ(report.bins[2].scores.size(), 1);
  EXPECT_FALSE(report.bins[2].scores[0].log_odds || report.bins[2].scores[0].z);
  EXPECT_EQ(report.bins[2].scores[0].share, 1);
  EXPECT_TRUE(WordAnalysis(RandomTraceHeader(1), {}).Result().bins[0].scores.empty());
}

TEST(LambdaBins, AreNamedByLoops) {
  const auto names = [](const std::vector<LambdaBin>& bins) {
    std::vector<std::string> all;
    for (const LambdaBin& bin : bins) {
      all.push_back(bin.name);
    }
    return all;
  };
  EXPECT_THAT(names(LambdaBins(4, {})), ElementsAre("lambda 0 (4 loops)", "lambda 0.25 (3 loops)",
                                                    "lambda 0.5 (2 loops)", "lambda 0.75 (1 loop)"));
  EXPECT_THAT(names(LambdaBins(4, {0, 0.4, 0.6, 0.7, 1})),
              ElementsAre("lambda [0, 0.4) (3 to 4 loops)", "lambda [0.4, 0.6) (2 loops)",
                          "lambda [0.6, 0.7)", "lambda [0.7, 1] (1 loop)"));
}

TEST(WordAnalysis, RefusesOptionsThatMakeNoSense) {
  const auto error = [](const WordOptions& options) {
    return ErrorOf([&] { WordAnalysis analysis(RandomTraceHeader(1), options); });
  };
  EXPECT_THAT(error({.layer = 1}), HasSubstr("layer 1"));
  EXPECT_THAT(error({.edges = {0, 0.5, 0.5}}), HasSubstr("ascend"));
  EXPECT_THAT(error({.edges = {0, 2}}), HasSubstr("from 0 to 1"));
  EXPECT_THAT(error({.prior_words = 0}), HasSubstr("more than 0"));
}

TEST(PieceLabel, ShowsEveryByte) {
  EXPECT_EQ(PieceLabel(" the"), " the");
  EXPECT_EQ(PieceLabel("\n\t\x01"), "\\n\\t\\x01");
  EXPECT_EQ(PieceLabel("é\xC3 \xA9"), "é\\xC3 \\xA9");
}

TEST(CloudWord, TrimsAndLowers) {
  EXPECT_EQ(WordForCloud(" (Don't!)\n", true), "don't");
  EXPECT_EQ(WordForCloud("\"ÉTÉ\"", true), "été");
  EXPECT_EQ(WordForCloud("Well-Known", false), "Well-Known");
  EXPECT_EQ(WordForCloud("(CaCO_{3}).", true), "caco_{3}");
  EXPECT_EQ(WordForCloud("$H_{2}O$,", false), "H_{2}O");
  EXPECT_EQ(WordForCloud(" $x^{2}$", true), "x^{2}");
  EXPECT_EQ(WordForCloud("x^2", true), "x^2");
  EXPECT_EQ(WordForCloud("(f(x)),", true), "f(x)");
  EXPECT_EQ(WordForCloud("(OH)2.", false), "(OH)2");
  EXPECT_EQ(WordForCloud("answer(s):", true), "answer(s)");
  EXPECT_EQ(WordForCloud("[title]", true), "title");
  EXPECT_EQ(WordForCloud("(e.g.,", true), "e.g.");
  EXPECT_EQ(WordForCloud("U.S.)", false), "U.S.");
  EXPECT_EQ(WordForCloud("end.", true), "end");
  EXPECT_EQ(WordForCloud("3.5.", true), "3.5");
  EXPECT_EQ(WordForCloud(" ...", true), "");
  EXPECT_EQ(WordForCloud("\xFF", true), std::nullopt);
  EXPECT_TRUE(IsEnglishStopWord("the") && IsEnglishStopWord("yourself") && IsEnglishStopWord("a"));
  EXPECT_FALSE(IsEnglishStopWord("will") || IsEnglishStopWord("water") || IsEnglishStopWord(""));
}

}  // namespace
}  // namespace vffn
