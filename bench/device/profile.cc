// device_profile MODEL DEVICE TOKENS TRACE: scores about TOKENS trie tokens of random docs in bfloat16, once
// to warm up and once under LibTorch's profiler, which writes what the device did when to TRACE (JSON of
// Chrome's tracing).
#include <torch/csrc/autograd/profiler_kineto.h>

#include <iostream>
#include <string>

#include "base/error.h"
#include "base/random.h"
#include "eval/transformer_scorer.h"

namespace vffn {
namespace {

std::vector<TokenId> RandomTokens(uint64_t count, int64_t vocabulary, Random& random) {
  std::vector<TokenId> tokens;
  for (uint64_t i = 0; i < count; ++i) {
    tokens.push_back(static_cast<TokenId>(random.Below(static_cast<uint64_t>(vocabulary))));
  }
  return tokens;
}

/// Four choices each, of about HellaSwag's lengths.
std::vector<RequestDoc> RandomDocs(int64_t tokens, int64_t vocabulary) {
  Random random(1, "device_profile");
  std::vector<RequestDoc> docs;
  for (int64_t made = 0; made < tokens;) {
    RequestDoc& doc = docs.emplace_back();
    const std::vector<TokenId> context = RandomTokens(30 + random.Below(70), vocabulary, random);
    made += std::ssize(context);
    for (int choice = 0; choice < 4; ++choice) {
      doc.requests.push_back({context, RandomTokens(10 + random.Below(30), vocabulary, random)});
      made += std::ssize(doc.requests.back().continuation);
    }
  }
  return docs;
}

void Profile(const std::string& model, const std::string& device, int64_t tokens, const std::string& trace) {
  namespace profiler = torch::autograd::profiler;
  using torch::profiler::impl::ActivityType;
  const auto checkpoint = OpenCheckpoint(model);
  const auto scorer = MakeTransformerScorer(
      *checkpoint,
      {.compute = {.device = device, .dtype = Dtype::kBfloat16, .backend = Backend::kTorch}, .workers = 1});
  const std::vector<RequestDoc> docs = RandomDocs(tokens, checkpoint->config().vocab_size);
  const auto done = [](size_t, std::vector<RequestScores>) {};
  scorer->Score(docs, done, {});
  const ScoringStatistics before = scorer->statistics();
  const profiler::ProfilerConfig config(torch::profiler::impl::ProfilerState::KINETO);
  const std::set<ActivityType> activities = {device == "cpu" ? ActivityType::CPU : ActivityType::CUDA};
  profiler::prepareProfiler(config, activities);
  profiler::enableProfiler(config, activities);
  scorer->Score(docs, done, {});
  profiler::disableProfiler()->save(trace);
  const ScoringStatistics after = scorer->statistics();
  const WorkFlops work = after.executed.total(), earlier = before.executed.total();
  std::cout << "{\"tokens\": " << after.trie_tokens - before.trie_tokens
            << ", \"seconds\": " << after.seconds - before.seconds
            << ", \"flops\": " << work.total() - earlier.total()
            << ", \"attention_flops\": " << work[Work::kAttention] - earlier[Work::kAttention] << "}\n";
}

}  // namespace
}  // namespace vffn

int main(int argc, char** argv) {
  try {
    VFFN_CHECK(argc == 5, "usage: device_profile MODEL DEVICE TOKENS TRACE");
    vffn::Profile(argv[1], argv[2], std::stoll(argv[3]), argv[4]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "device_profile: " << error.what() << '\n';
    return 1;
  }
}
