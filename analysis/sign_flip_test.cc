#include "analysis/sign_flip_test.h"

#include <cstdlib>
#include <vector>

namespace vffn {

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

std::optional<ExactTest> McNemarTest(int64_t gained, int64_t lost) {
  std::vector<int64_t> differences(static_cast<size_t>(gained), 1);
  differences.resize(static_cast<size_t>(gained + lost), -1);
  return SignFlipTest(differences);
}

}  // namespace vffn
