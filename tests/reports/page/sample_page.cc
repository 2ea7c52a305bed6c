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
          .sections = {{.id = "scores", .title = "Scores", .tables = {table}}},
          .questions = SampleQuestions(questions, models)};
}

}  // namespace vffn
