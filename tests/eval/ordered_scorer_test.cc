#include "eval/ordered_scorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/eval/fake_run.h"

namespace vffn {
namespace {

using testing::ElementsAre;

std::vector<RequestDoc> Docs() { return MakeTaskRun("piqa", 6, 2, 1838).requests; }

TEST(OrderedScorer, GivesScoresInTheOrderOfTheDocs) {
  FakeScorer scorer;  // gives them in another one
  std::vector<size_t> order;
  OrderedScorer(scorer).Score(Docs(), [&](size_t index, const auto&) { order.push_back(index); }, {});
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4, 5));
}

/// Scores docs 3, 1 and 0, then ends.
class EndingScorer : public Scorer {
 public:
  explicit EndingScorer(bool fails) : fails_(fails) {}
  void Score(std::span<const RequestDoc>, const Done& done, std::stop_token) override {
    for (const size_t index : {3, 1, 0}) {
      done(index, {});
    }
    if (fails_) {
      Fail("broken");
    }
  }
  int64_t max_sequence_length() const override { return 64; }

 private:
  bool fails_;
};

TEST(OrderedScorer, GivesWhatItHoldsWhenTheScorerEndsOrFails) {
  for (const bool fails : {false, true}) {
    EndingScorer scorer(fails);
    std::vector<size_t> order;
    const std::string error = ErrorOf([&] {
      OrderedScorer(scorer).Score(Docs(), [&](size_t index, const auto&) { order.push_back(index); }, {});
    });
    EXPECT_EQ(error, fails ? "broken" : "");
    EXPECT_THAT(order, ElementsAre(0, 1, 3));
  }
}

TEST(OrderedScorer, GivesNothingMoreWhenTheReceiverFails) {
  EndingScorer scorer(false);
  std::vector<size_t> order;
  const std::string error = ErrorOf([&] {
    OrderedScorer(scorer).Score(Docs(),
                                [&](size_t index, const auto&) {
                                  order.push_back(index);
                                  Fail("disk full");
                                },
                                {});
  });
  EXPECT_EQ(error, "disk full");
  EXPECT_THAT(order, ElementsAre(0));
}

}  // namespace
}  // namespace vffn
