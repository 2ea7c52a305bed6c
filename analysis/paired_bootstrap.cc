#include "analysis/paired_bootstrap.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/clusters.h"
#include "base/error.h"
#include "base/random.h"

namespace vffn {
namespace {

/// Uniform on 0..count-1, `count` below 2^32: Lemire's multiplication (doi:10.1145/3230636), which rejects
/// what would favour some numbers: products whose lower half is below 2^32 modulo count.
size_t Draw(Random& random, uint64_t count, uint64_t rejected) {
  while (true) {
    const uint64_t product = (random.Next() >> 32) * count;
    if ((product & 0xffffffff) >= rejected) {
      return product >> 32;
    }
  }
}

/// The differences summed within clusters, and over how much each of them is a sum.
ClusterSums GroupsOf(const Stratum& stratum) {
  ClusterSums groups = SumByCluster(stratum.differences, stratum.clusters);
  if (!stratum.sizes.empty()) {
    const std::vector<double> sizes(stratum.sizes.begin(), stratum.sizes.end());
    std::ranges::transform(SumByCluster(sizes, stratum.clusters).sums, groups.sizes.begin(),
                           [](double size) { return std::llround(size); });
  }
  return groups;
}

bool Varies(const Stratum& stratum, const ClusterSums& groups) {
  if (groups.sums.size() < 2) {
    return false;
  }
  if (stratum.sizes.empty()) {
    return std::ranges::min(stratum.differences) < std::ranges::max(stratum.differences);
  }
  const auto first = static_cast<double>(groups.sizes[0]);
  for (size_t i = 1; i < groups.sums.size(); ++i) {
    if (groups.sums[i] * first != groups.sums[0] * static_cast<double>(groups.sizes[i])) {
      return true;
    }
  }
  return false;
}

/// Means of the replicates of a stratum.
std::vector<double> Replicates(const Stratum& stratum, const ClusterSums& groups,
                               const BootstrapOptions& options) {
  Random random(options.seed, "paired bootstrap " + stratum.name);
  const uint64_t count = groups.sums.size(), rejected = (uint64_t{1} << 32) % count;
  std::vector<double> means(static_cast<size_t>(options.replicates));
  for (double& mean : means) {
    double sum = 0;
    int64_t size = 0;
    while (size == 0) {
      sum = 0;
      for (uint64_t i = 0; i < count; ++i) {
        const size_t drawn = Draw(random, count, rejected);
        sum += groups.sums[drawn];
        size += groups.sizes[drawn];
      }
    }
    mean = sum / static_cast<double>(size);
  }
  return means;
}

ConfidenceInterval Ends(std::vector<double> replicates, double confidence) {
  std::ranges::sort(replicates);
  const auto tail = static_cast<size_t>((1 - confidence) / 2 * static_cast<double>(replicates.size()));
  return {replicates[tail], replicates[replicates.size() - 1 - tail]};
}

void CheckInput(std::span<const Stratum> strata, const BootstrapOptions& options) {
  VFFN_CHECK(options.replicates >= 100 && options.replicates <= 10000000, "a bootstrap of ",
             options.replicates, " replicates; 100 to 10000000 are possible");
  VFFN_CHECK(options.confidence > 0 && options.confidence < 1, "a confidence of ", options.confidence,
             ", which is not between 0 and 1");
  VFFN_CHECK(!strata.empty(), "a bootstrap of no tasks");
  std::set<std::string> names;
  for (const Stratum& stratum : strata) {
    VFFN_CHECK(names.insert(stratum.name).second, "a bootstrap with two tasks named ", stratum.name);
    VFFN_CHECK(!stratum.differences.empty(), "a bootstrap of ", stratum.name, ", which has no questions");
    VFFN_CHECK(stratum.sizes.empty() ||
                   (stratum.sizes.size() == stratum.differences.size() &&
                    std::ranges::min(stratum.sizes) >= 0 && std::ranges::max(stratum.sizes) > 0),
               "a bootstrap of ", stratum.name,
               " with sizes that are not one each, from 0, not all of them 0");
    VFFN_CHECK(stratum.differences.size() < (uint64_t{1} << 32), "too many questions of ", stratum.name);
  }
}

}  // namespace

BootstrapIntervals PairedBootstrap(std::span<const Stratum> strata, const BootstrapOptions& options) {
  CheckInput(strata, options);
  BootstrapIntervals intervals;
  std::vector<double> averages(static_cast<size_t>(options.replicates), 0);
  const auto count = static_cast<double>(strata.size());
  bool some_vary = false;
  bool all_have_two = true;
  for (const Stratum& stratum : strata) {
    const ClusterSums groups = GroupsOf(stratum);
    const std::vector<double> means = Replicates(stratum, groups, options);
    const bool varies = Varies(stratum, groups);
    intervals.strata.push_back(varies ? std::optional(Ends(means, options.confidence)) : std::nullopt);
    some_vary = some_vary || varies;
    all_have_two = all_have_two && groups.sums.size() > 1;
    for (size_t i = 0; i < means.size(); ++i) {
      averages[i] += means[i] / count;
    }
  }
  if (some_vary && all_have_two) {
    intervals.average = Ends(std::move(averages), options.confidence);
  }
  return intervals;
}

}  // namespace vffn
