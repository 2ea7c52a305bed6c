// The docs of the eight tasks, shared among ranks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <limits>
#include <numeric>

#include "eval/plan_share.h"
#include "eval/request_encoder.h"
#include "model/weights/checkpoint.h"
#include "tasks/data_set.h"
#include "tasks/task.h"
#include "tests/real/setup.h"

namespace vffn {
namespace {

std::vector<RequestDoc> AllRequests() {
  const auto tokenizer = OpenSetupTokenizer("smollm2");
  std::vector<RequestDoc> requests;
  for (const Task& task : Tasks()) {
    for (const Doc& doc : OpenDataSet(task.facts, SetupData()).docs) {
      requests.push_back(EncodeExample(task.render_olmo(doc), *tokenizer,
                                       {.max_sequence_length = std::numeric_limits<int32_t>::max()}));
    }
  }
  return requests;
}

double Imbalance(const std::vector<int64_t>& costs, int ranks) {
  std::vector<double> loads(static_cast<size_t>(ranks), 0);
  const std::vector<int> rank_of = AssignRanks(costs, ranks);
  for (size_t i = 0; i < costs.size(); ++i) {
    loads[static_cast<size_t>(rank_of[i])] += static_cast<double>(costs[i]);
  }
  const double mean = std::accumulate(loads.begin(), loads.end(), 0.0) / ranks;
  return std::max(std::ranges::max(loads) / mean - 1, 1 - std::ranges::min(loads) / mean);
}

TEST(RealShares, AreWithinTwoPercentForTwoToAThousandRanks) {
  VFFN_SKIP_WITHOUT_SETUP();
  const std::vector<RequestDoc> requests = AllRequests();
  const DocCost cost(OpenCheckpoint(SetupModel(), "")->config());
  std::vector<int64_t> flops, tokens;
  for (const RequestDoc& doc : requests) {
    flops.push_back(cost.Of(doc));
    tokens.push_back(cost.SizeOf({&doc, 1}).tokens);
  }
  double worst = 0, worst_tokens = 0;
  for (int ranks = 2; ranks <= 1000; ++ranks) {
    worst = std::max(worst, Imbalance(flops, ranks));
    worst_tokens = std::max(worst_tokens, Imbalance(tokens, ranks));
  }
  std::cout << requests.size() << " docs, 2 to 1000 ranks: largest distance of a rank from the mean "
            << 100 * worst << " % of the FLOPs; " << 100 * worst_tokens << " % if trie tokens are split\n";
  EXPECT_LT(worst, 0.02);
  EXPECT_LT(worst_tokens, 0.02);
}

}  // namespace
}  // namespace vffn
