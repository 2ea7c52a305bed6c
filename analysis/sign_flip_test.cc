#include "analysis/sign_flip_test.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "base/random.h"

namespace vffn {
namespace {

constexpr size_t kMostCounted = 16;     // differences: 65536 combinations of signs
constexpr double kRounding = 1 - 1e-9;  // of sums in another order

/// The sum of the differences whose bit is set, minus the others.
double SumWithSigns(std::span<const double> differences, uint64_t signs) {
  double sum = 0;
  for (const double difference : differences) {
    sum += (signs & 1) != 0 ? difference : -difference;
    signs >>= 1;
  }
  return sum;
}

double CountedP(std::span<const double> differences, double observed) {
  const uint64_t all = uint64_t{1} << differences.size();
  uint64_t extreme = 0;
  for (uint64_t signs = 0; signs < all; ++signs) {
    extreme += std::abs(SumWithSigns(differences, signs)) >= observed ? 1 : 0;
  }
  return static_cast<double>(extreme) / static_cast<double>(all);
}

double SampledP(std::span<const double> differences, double observed, const SignFlipOptions& options) {
  constexpr size_t kBits = 64;
  Random random(options.seed, "sign flips");
  int64_t extreme = 1;  // the observed signs
  for (int64_t i = 0; i < options.replicates; ++i) {
    double sum = 0;
    for (size_t begin = 0; begin < differences.size(); begin += kBits) {
      sum += SumWithSigns(differences.subspan(begin, std::min(kBits, differences.size() - begin)),
                          random.Next());
    }
    extreme += std::abs(sum) >= observed ? 1 : 0;
  }
  return static_cast<double>(extreme) / static_cast<double>(options.replicates + 1);
}

}  // namespace

std::optional<ExactTest> SignFlipTest(std::span<const int64_t> differences) {
  // An index is (sum + sum of sizes) / 2: flipping a sign moves a sum by twice the size.
  std::vector<double> probability = {1};
  int64_t observed = 0;
  for (const int64_t difference : differences) {
    if (difference == 0) {
      continue;
    }
    observed += difference;
    const auto size = static_cast<size_t>(std::abs(difference));
    const size_t count = probability.size();
    probability.resize(count + size, 0);
    for (size_t i = probability.size(); i-- > 0;) {
      const double minus = i < count ? probability[i] : 0;
      const double plus = i >= size ? probability[i - size] : 0;
      probability[i] = 0.5 * (minus + plus);
    }
  }
  if (probability.size() == 1) {
    return std::nullopt;
  }
  const auto most = static_cast<int64_t>(probability.size()) - 1;
  ExactTest test;
  for (int64_t i = 0; i <= most; ++i) {
    const int64_t sum = std::abs(2 * i - most);
    const double share = probability[static_cast<size_t>(i)];
    test.p += sum >= std::abs(observed) ? share : 0;
    test.mid_p += sum > std::abs(observed) ? share : sum == std::abs(observed) ? share / 2 : 0;
  }
  return test;
}

std::optional<double> SignFlipP(std::span<const double> differences, const SignFlipOptions& options) {
  std::vector<double> changed;
  double observed = 0;
  for (const double difference : differences) {
    if (difference != 0) {
      changed.push_back(difference);
      observed += difference;
    }
  }
  if (changed.empty()) {
    return std::nullopt;
  }
  observed = kRounding * std::abs(observed);
  return changed.size() <= kMostCounted ? CountedP(changed, observed) : SampledP(changed, observed, options);
}

std::optional<ExactTest> McNemarTest(int64_t gained, int64_t lost) {
  std::vector<int64_t> differences(static_cast<size_t>(gained), 1);
  differences.resize(static_cast<size_t>(gained + lost), -1);
  return SignFlipTest(differences);
}

}  // namespace vffn
