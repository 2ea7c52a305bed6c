// Exact tests for paired right-or-wrong outcomes.
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

/// Without clusters the same is McNemar's test, mid-p as in Fagerland, Lydersen and Laake 2013
/// (doi:10.1186/1471-2288-13-91). Nothing if both are zero.
std::optional<ExactTest> McNemarTest(int64_t gained, int64_t lost);

}  // namespace vffn
