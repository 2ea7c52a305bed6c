#include "analysis/paired_bootstrap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analysis/golden.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

std::vector<Stratum> Strata() {
  const Json& strata = Golden("bootstrap").at("strata");
  return {{"one", Numbers<double>(strata.at("one")), {}}, {"two", Numbers<double>(strata.at("two")), {}}};
}

// Of 200,000 replicates each. A 2.5 % quantile has a Monte Carlo error of sqrt(0.025 * 0.975 / B) / density,
// the density being 0.058 / SE: with an SE of 0.11 (stratum "two") 0.0007, so 0.0009 for two runs. 0.003 is
// three times that.
TEST(PairedBootstrap, IsScipys) {
  const BootstrapIntervals intervals = PairedBootstrap(Strata(), {.replicates = 200000, .seed = 3});
  const Json& golden = Golden("bootstrap");
  const auto expect_close = [](const std::optional<ConfidenceInterval>& interval, const Json& expected) {
    ASSERT_TRUE(interval.has_value());
    EXPECT_NEAR(interval->low, expected[0].get<double>(), 0.003);
    EXPECT_NEAR(interval->high, expected[1].get<double>(), 0.003);
  };
  // The means of "one" are multiples of 1 / 120: the ends are the same or one apart.
  EXPECT_NEAR(intervals.strata[0]->low, golden.at("intervals").at("one")[0].get<double>(), 1.01 / 120);
  EXPECT_NEAR(intervals.strata[0]->high, golden.at("intervals").at("one")[1].get<double>(), 1.01 / 120);
  expect_close(intervals.strata[1], golden.at("intervals").at("two"));
  expect_close(intervals.average, golden.at("average"));
}

// The golden is Python's: the same integers and sums on any machine, to the last bit.
TEST(PairedBootstrap, IsTheSameOnEveryMachine) {
  const BootstrapIntervals intervals = PairedBootstrap(Strata(), {.replicates = 1000, .seed = 20});
  const Json& golden = Golden("bootstrap").at("seeded");
  const auto expect_same = [](const std::optional<ConfidenceInterval>& interval, const Json& expected) {
    EXPECT_EQ(interval.value().low, expected[0].get<double>());
    EXPECT_EQ(interval.value().high, expected[1].get<double>());
  };
  expect_same(intervals.strata[0], golden[0]);
  expect_same(intervals.strata[1], golden[1]);
  expect_same(intervals.average, golden[2]);
}

TEST(PairedBootstrap, FollowsFromTheSeed) {
  const BootstrapIntervals one = PairedBootstrap(Strata(), {.seed = 1});
  EXPECT_EQ(one.average->low, PairedBootstrap(Strata(), {.seed = 1}).average->low);
  EXPECT_NE(one.average->low, PairedBootstrap(Strata(), {.seed = 2}).average->low);
}

TEST(PairedBootstrap, OfATaskDoesNotDependOnTheOthers) {
  const std::vector<Stratum> strata = Strata();
  EXPECT_EQ(PairedBootstrap(strata, {}).strata[1]->low,
            PairedBootstrap(std::span(strata).subspan(1), {}).strata[0]->low);
}

TEST(PairedBootstrap, DrawsWholeClusters) {
  Stratum stratum{.name = "pairs"};
  for (int i = 0; i < 100; ++i) {
    stratum.differences.insert(stratum.differences.end(), 2, i % 4 == 0 ? 1.0 : 0.0);
    stratum.clusters.insert(stratum.clusters.end(), 2, i);
  }
  const auto width = [](const Stratum& s) {
    const ConfidenceInterval interval = PairedBootstrap({&s, 1}, {}).strata[0].value();
    return interval.high - interval.low;
  };
  Stratum alone = stratum;
  alone.clusters.clear();
  EXPECT_NEAR(width(stratum) / width(alone), 1.414, 0.1);
}

TEST(PairedBootstrap, CannotTellWithoutVariation) {
  const std::vector<Stratum> strata = {
      {"same", {0, 0, 0}, {}}, {"one", {1}, {}}, {"one cluster", {1, 0}, {5, 5}}};
  const BootstrapIntervals intervals = PairedBootstrap(strata, {});
  for (const auto& interval : intervals.strata) {
    EXPECT_FALSE(interval.has_value());
  }
  EXPECT_FALSE(intervals.average.has_value());
  const std::vector<Stratum> with_one = {{"a", {0, 1, 0}, {}}, {"b", {1}, {}}};
  EXPECT_FALSE(PairedBootstrap(with_one, {}).average.has_value());
  const std::vector<Stratum> with_same = {{"a", {0, 1, 0}, {}}, {"b", {0, 0}, {}}};
  EXPECT_TRUE(PairedBootstrap(with_same, {}).average.has_value());
}

TEST(PairedBootstrap, RefusesBadInput) {
  const std::vector<Stratum> twice = {{"a", {0, 1}, {}}, {"a", {0, 1}, {}}};
  EXPECT_NE(MessageOf([&] { PairedBootstrap(twice, {}); }), "");
  EXPECT_NE(MessageOf([&] { PairedBootstrap({}, {}); }), "");
  EXPECT_NE(MessageOf([&] { PairedBootstrap(Strata(), {.replicates = 1}); }), "");
  EXPECT_NE(MessageOf([&] { PairedBootstrap(Strata(), {.confidence = 1}); }), "");
}

TEST(PairedBootstrapOfSums, SizesOfOneChangeNothing) {
  Stratum stratum = Strata()[1];
  const auto plain = PairedBootstrap({&stratum, 1}, {.replicates = 500});
  stratum.sizes.assign(stratum.differences.size(), 1);
  EXPECT_EQ(PairedBootstrap({&stratum, 1}, {.replicates = 500}).strata, plain.strata);
}

TEST(PairedBootstrapOfSums, DividesByTheSizesThatWereDrawn) {
  // Every sum is twice its size: whatever is drawn, the mean is 2.
  const Stratum constant{.name = "sums", .differences = {2, 4, 6}, .sizes = {1, 2, 3}};
  EXPECT_FALSE(PairedBootstrap({&constant, 1}, {.replicates = 100}).strata[0].has_value());
  // Means are between those of the single documents, 1 and 3, however large the first one is.
  const Stratum varied{.name = "sums", .differences = {1000, 6, 0}, .sizes = {1000, 2, 0}};
  const auto interval = PairedBootstrap({&varied, 1}, {.replicates = 1000}).strata[0];
  ASSERT_TRUE(interval.has_value());
  EXPECT_DOUBLE_EQ(interval->low, 1);
  EXPECT_DOUBLE_EQ(interval->high, 3);
}

TEST(PairedBootstrapOfSums, NeedsASizeOfEach) {
  for (const std::vector<int64_t>& sizes : {std::vector<int64_t>{1}, {0, 0}, {1, -1}}) {
    const Stratum stratum{.name = "sums", .differences = {1, 2}, .sizes = sizes};
    EXPECT_THAT(MessageOf([&] { PairedBootstrap({&stratum, 1}, {}); }), testing::HasSubstr("sizes"));
  }
}

}  // namespace
}  // namespace vffn
