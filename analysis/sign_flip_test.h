// Tests for paired outcomes that flip the signs of differences: exact for right or wrong, sampled for others.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace vffn {

/// Two-sided.
struct ExactTest {
  double p = 0;      ///< never rejects too often
  double mid_p = 0;  ///< counts half of the outcomes that are as extreme as the observed one
};

/// `differences` are, per cluster, questions gained minus questions lost. If the two models are equally good,
/// every difference is as likely with the other sign; all 2^clusters signs are counted, by dynamic
/// programming over the sum, which is an integer. Nothing if every difference is zero.
std::optional<ExactTest> SignFlipTest(std::span<const int64_t> differences);

struct SignFlipOptions {
  int64_t replicates = 10000;
  uint64_t seed = 0;
};

/// The two-sided p of a sum of differences of any size under the same hypothesis (Fisher's randomisation test
/// of pairs). Of up to 16 differences all signs are counted. Of more, `replicates` are drawn, and the
/// observed signs count as one of them (Phipson and Smyth 2010, doi:10.2202/1544-6115.1585): p is at least 1
/// / (replicates + 1). The draws follow from the seed alone. Nothing if every difference is zero.
std::optional<double> SignFlipP(std::span<const double> differences, const SignFlipOptions& options);

/// Without clusters SignFlipTest is McNemar's test, mid-p as in Fagerland, Lydersen and Laake 2013
/// (doi:10.1186/1471-2288-13-91). Nothing if both are zero.
std::optional<ExactTest> McNemarTest(int64_t gained, int64_t lost);

}  // namespace vffn
