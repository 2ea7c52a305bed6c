#include "tests/reports/page/sample_page.h"

#include <cmath>
#include <random>

namespace vffn {
namespace {

constexpr size_t kLayers = 15, kLoops = 4, kExperts = 8, kTopK = 2;

const std::vector<std::string> kPieces = {
    " the",     " plant",   " water", " of",   " which", " sun",  "'s",      " energy", " heat",
    ",",        " <b>",     " moves", " from", " to",    " cold", " animal", "isation", " \xE6\xB0\xB4",
    "\xF0\x9F", "\x8C\x8D", " a",     " &amp;"};

QuestionTokens MakeTokens(std::mt19937& random, size_t count, bool adaptive, bool scored) {
  QuestionTokens tokens;
  for (size_t t = 0; t < count; ++t) {
    tokens.pieces.push_back(kPieces[random() % kPieces.size()]);
    if (scored) {
      tokens.log_probs.push_back(-static_cast<float>(random() % 8000 + 1) / 1000);
    }
    for (size_t layer = 0; adaptive && layer < kLayers; ++layer) {
      const auto loops = static_cast<uint8_t>(1 + random() % kLoops);
      tokens.loops.push_back(loops);
      tokens.lambda.push_back(1 - static_cast<float>(loops) / kLoops);
      for (size_t k = 0; k < kTopK; ++k) {
        tokens.experts.push_back(loops == kLoops ? kNoExpert : static_cast<uint8_t>(random() % kExperts));
      }
    }
  }
  return tokens;
}

ModelAnswer MakeAnswer(std::mt19937& random, bool adaptive, bool two_contexts) {
  ModelAnswer answer;
  answer.contexts.push_back(MakeTokens(random, 30 + random() % 40, adaptive, false));
  if (two_contexts) {
    answer.contexts.push_back(MakeTokens(random, 30, adaptive, false));
  }
  double best = -INFINITY;
  for (size_t i = 0; i < (two_contexts ? 2 : 4); ++i) {
    QuestionChoice choice{.context = two_contexts ? i : 0,
                          .continuation = MakeTokens(random, 4 + random() % 12, adaptive, true)};
    for (const float log_prob : choice.continuation.log_probs) {
      choice.score += log_prob / static_cast<double>(choice.continuation.log_probs.size());
    }
    if (choice.score > best) {
      best = choice.score;
      answer.predicted = i;
    }
    answer.choices.push_back(std::move(choice));
  }
  return answer;
}

}  // namespace

QuestionPage SampleQuestions(size_t questions, size_t models) {
  std::mt19937 random(7);
  QuestionPage page;
  page.models.push_back({.name = "VersatileFFN 354M",
                         .layers = kLayers,
                         .max_loops = kLoops,
                         .experts = kExperts,
                         .top_k = kTopK});
  if (models == 2) {
    page.models.push_back({.name = "Base 354M", .layers = kLayers});
  }
  for (size_t i = 0; i < questions; ++i) {
    const bool winogrande = i % 5 == 4;
    Question question{.task = winogrande   ? "winogrande"
                              : i % 2 == 0 ? "arc_challenge"
                                           : "piqa",
                      .doc_id = static_cast<int64_t>(i),
                      .gold = random() % 2,
                      .metric = winogrande ? "acc" : "len_norm"};
    for (size_t m = 0; m < models; ++m) {
      question.answers.push_back(MakeAnswer(random, m == 0, winogrande));
    }
    page.questions.push_back(std::move(question));
  }
  // An empty answer, which no metric that divides by its length chooses.
  if (questions > 21) {
    for (ModelAnswer& answer : page.questions[21].answers) {
      answer.choices[answer.predicted == 0 ? 1 : 0].score = -INFINITY;
    }
  }
  // Something to search for, and to find under its name.
  page.questions[questions / 2].answers[0].contexts[0].pieces[3] = " Xylophone";
  return page;
}

PageTable WideTable() {
  PageTable table{.caption = "Table 1. Zero-shot accuracy (made-up data)",
                  .columns = {{"method"}, {"loss", true}},
                  .foot_rows = 2,
                  .notes = {"# the printed number belongs to no whole number of questions"}};
  for (const char* task : {"piqa", "hellaswag", "openbookqa", "sciq", "arc_easy", "arc_challenge",
                           "commonsense_qa", "winogrande", "average"}) {
    table.columns.push_back({task, true});
  }
  table.columns.push_back({"95 % interval", true});
  table.columns.push_back({"p", true});
  std::mt19937 random(3);
  const auto digits = [&](size_t below) {
    const std::string text = std::to_string(100 + random() % below);
    return text.substr(0, text.size() - 2) + "." + text.substr(text.size() - 2);
  };
  for (const char* method : {"Base", "MoE", "2-Loop", "4-Loop", "6-Loop", "VersatileFFN", "average of all",
                             "executed FFN FLOPs per token (M)"}) {
    std::vector<PageCell> row = {{method}};
    while (row.size() < table.columns.size() - 2) {
      const std::string number = digits(9900);
      row.push_back(
          {number + " ± " + digits(900) + (row.size() == 4 ? " (1,172) #" : ""), std::stod(number)});
    }
    row.push_back({"[−" + digits(900) + ", +" + digits(900) + "]"});
    row.push_back({"<0.001", 0.00025});
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// Long texts, and more rows than a printed page.
PageTable LongTable() {
  PageTable table{.caption = "Runs (made-up data)", .columns = {{"run"}, {"docs", true}, {"results"}}};
  for (const char* run : {"Base", "VersatileFFN-354M-with-a-name-of-one-long-word"}) {
    table.rows.push_back(
        {{run}, {"1,172", 1172}, {std::string(run) + "/results_2026-01-01T00-00-00.000000.json"}});
  }
  for (int run = 0; run < 100; ++run) {
    table.rows.push_back({{"run " + std::to_string(run)}, {"7", 7}, {"results.json"}});
  }
  return table;
}

ReportPage SamplePage(size_t questions, size_t models) {
  PageTable table{.caption = "Accuracy (made-up data)",
                  .columns = {{"method"}, {"accuracy", true}, {"± stderr", true}},
                  .rows = {{{"Base </script>"}, {"47.98", 47.98}, {"0.70", 0.7}},
                           {{"VersatileFFN"}, {"52.33", 52.33}, {"0.71", 0.71}},
                           {{"not run"}, {"–"}, {"–"}},
                           {{"4-Loop"}, {"51.95", 51.95}, {"0.69", 0.69}}},
                  .notes = {"len_norm; n = 1,000"}};
  return {.title = "A made-up report",
          .subtitle = "to look at the page with",
          .warning = "Made-up data: not a result.",
          .sections = {{.id = "scores", .title = "Scores", .tables = {table}},
                       {.id = "paper", .title = "The paper's tables", .tables = {WideTable(), LongTable()}}},
          .questions = SampleQuestions(questions, models)};
}

}  // namespace vffn
