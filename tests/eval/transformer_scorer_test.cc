#include "eval/transformer_scorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <mutex>
#include <random>

#include "base/error.h"
#include "base/json.h"
#include "tests/model/decoder_kinds.h"
#include "tests/model/random_checkpoint.h"
#include "tests/model/test_device.h"
#include "tests/trace/same_trace.h"

namespace vffn {
namespace {

/// Docs whose choices share contexts and beginnings, of many lengths.
std::vector<RequestDoc> RandomDocs(int count) {
  std::mt19937 generator(7);
  const auto random_tokens = [&](size_t length) {
    std::vector<TokenId> tokens(length);
    for (TokenId& token : tokens) {
      token = static_cast<TokenId>(generator() % 301);
    }
    return tokens;
  };
  std::vector<RequestDoc> docs;
  for (int d = 0; d < count; ++d) {
    RequestDoc doc{.doc_id = d};
    const auto context = random_tokens(1 + generator() % 60);
    const auto beginning = random_tokens(generator() % 4);
    for (size_t choice = 0; choice < 2 + generator() % 3; ++choice) {
      auto continuation = beginning;
      const auto rest = random_tokens(1 + generator() % 12);
      continuation.insert(continuation.end(), rest.begin(), rest.end());
      doc.requests.push_back({d % 5 == 0 ? random_tokens(1 + generator() % 9) : context, continuation});
    }
    docs.push_back(std::move(doc));
  }
  return docs;
}

/// Docs of which some share solved examples: those of 120 tokens, those of 45, none, then the first ones
/// again. Queries have up to 150 tokens.
std::vector<RequestDoc> FewShotDocs() {
  std::mt19937 generator(11);
  const auto random_tokens = [&](size_t length) {
    std::vector<TokenId> tokens(length);
    for (TokenId& token : tokens) {
      token = static_cast<TokenId>(generator() % 301);
    }
    return tokens;
  };
  const std::vector<TokenId> many = random_tokens(120), few = random_tokens(45);
  std::vector<RequestDoc> docs;
  for (const std::vector<TokenId>& shots : {many, few, {}, many}) {
    for (int d = 0; d < 6; ++d) {
      RequestDoc& doc = docs.emplace_back();
      doc.task = "shots";
      doc.doc_id = static_cast<int64_t>(docs.size()) - 1;
      const std::vector<TokenId> question = random_tokens(1 + generator() % 15);
      for (size_t choice = 0; choice < 2 + generator() % 3; ++choice) {
        Request& request = doc.requests.emplace_back(Request{.context = shots});
        const std::vector<TokenId> rest = d % 3 == 0 ? random_tokens(1 + generator() % 5) : question;
        request.context.insert(request.context.end(), rest.begin(), rest.end());
        request.continuation = random_tokens(1 + generator() % 9);
      }
    }
  }
  return docs;
}

using Scores = std::vector<std::vector<RequestScores>>;

RandomCheckpoint Model(const FfnConfig& ffn) {
  ModelConfig config = TinyConfig();
  config.ffn = ffn;
  return RandomCheckpoint(config);
}

FfnConfig Versatile() {
  return {.kind = FfnKind::kVersatile, .n_experts = 6, .top_k = 2, .expert_hidden_size = 13, .max_loops = 4};
}

Scores ScoreAll(const std::vector<RequestDoc>& docs, const ScorerOptions& options,
                const RandomCheckpoint& checkpoint = RandomCheckpoint(TinyConfig())) {
  Scores all(docs.size());
  MakeTransformerScorer(checkpoint, options)
      ->Score(docs,
              [&](size_t i, std::vector<RequestScores> scores) {
                EXPECT_TRUE(all[i].empty()) << "doc " << i << " was scored twice";
                all[i] = std::move(scores);
              },
              {});
  return all;
}

void ExpectSameBits(const Scores& a, const Scores& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t d = 0; d < a.size(); ++d) {
    ASSERT_EQ(a[d].size(), b[d].size()) << d;
    for (size_t r = 0; r < a[d].size(); ++r) {
      EXPECT_EQ(a[d][r].log_probs, b[d][r].log_probs) << "doc " << d << ", choice " << r;
      EXPECT_EQ(a[d][r].greedy, b[d][r].greedy) << "doc " << d << ", choice " << r;
    }
  }
}

/// Each doc in a run of its own.
Scores ScoreEachAlone(const std::vector<RequestDoc>& docs, const ScorerOptions& options,
                      const RandomCheckpoint& checkpoint) {
  const auto scorer = MakeTransformerScorer(checkpoint, options);
  Scores all;
  for (const RequestDoc& doc : docs) {
    scorer->Score({&doc, 1},
                  [&](size_t, std::vector<RequestScores> scores) { all.push_back(std::move(scores)); }, {});
  }
  return all;
}

struct ScorerCase {
  Dtype dtype;
  FfnConfig ffn;
};

class ScorerTest : public testing::TestWithParam<ScorerCase> {
 protected:
  ScorerOptions Options() const { return {.compute = {.dtype = GetParam().dtype}}; }
  RandomCheckpoint checkpoint() const { return Model(GetParam().ffn); }
};

const FfnConfig kMoe = {.kind = FfnKind::kMoe, .n_experts = 6, .top_k = 2, .expert_hidden_size = 13};
const FfnConfig kSparseMoe = {
    .kind = FfnKind::kSparseMoe, .n_experts = 7, .top_k = 3, .expert_hidden_size = 13};
const FfnConfig kKLoop = {.kind = FfnKind::kKLoop, .max_loops = 3};

INSTANTIATE_TEST_SUITE_P(
    EveryDtypeAndFfn, ScorerTest,
    testing::Values(ScorerCase{Dtype::kFloat32, {}}, ScorerCase{Dtype::kBfloat16, {}},
                    ScorerCase{Dtype::kFloat32, kMoe}, ScorerCase{Dtype::kFloat32, kSparseMoe},
                    ScorerCase{Dtype::kBfloat16, kSparseMoe}, ScorerCase{Dtype::kFloat32, kKLoop},
                    ScorerCase{Dtype::kFloat32, Versatile()}, ScorerCase{Dtype::kBfloat16, Versatile()}),
    [](const auto& info) {
      return ToString(info.param.dtype) + "_" + std::string(NameOf(info.param.ffn.kind));
    });

TEST_P(ScorerTest, ScoresDoNotDependOnPackingOrderLimitOrWorkers) {
  const std::vector<RequestDoc> docs = RandomDocs(60);
  ScorerOptions options = Options();
  options.workers = 1;
  const Scores expected = ScoreAll(docs, options, checkpoint());
  for (const int workers : {1, 3}) {
    for (const int64_t pack_tokens : {1, 97, 1000000}) {
      options.workers = workers;
      options.pack_tokens = pack_tokens;
      ExpectSameBits(expected, ScoreAll(docs, options, checkpoint()));
    }
  }
  const std::vector<RequestDoc> reversed(docs.rbegin(), docs.rend());
  Scores scores = ScoreAll(reversed, options, checkpoint());
  std::ranges::reverse(scores);
  ExpectSameBits(expected, scores);

  const std::vector<RequestDoc> some(docs.begin() + 20, docs.begin() + 31);
  ExpectSameBits(Scores(expected.begin() + 20, expected.begin() + 31), ScoreAll(some, options, checkpoint()));
}

TEST_P(ScorerTest, SharingPrefixesChangesNothing) {
  const std::vector<RequestDoc> docs = RandomDocs(30);
  std::vector<RequestDoc> apart;  // every choice as a doc of its own
  for (const RequestDoc& doc : docs) {
    for (const Request& request : doc.requests) {
      apart.push_back({.doc_id = doc.doc_id, .requests = {request}});
    }
  }
  const Scores shared = ScoreAll(docs, Options(), checkpoint());
  const Scores single = ScoreAll(apart, Options(), checkpoint());
  size_t next = 0;
  for (const auto& requests : shared) {
    for (const RequestScores& scores : requests) {
      EXPECT_EQ(scores.log_probs, single[next].front().log_probs);
      EXPECT_EQ(scores.greedy, single[next].front().greedy);
      ++next;
    }
  }
}

TEST_P(ScorerTest, SharingSolvedExamplesChangesNothing) {
  std::vector<RequestDoc> docs = FewShotDocs();
  Scores alone = ScoreEachAlone(docs, Options(), checkpoint());
  ScorerOptions options = Options();
  std::mt19937 generator(3);
  for (const int workers : {1, 3}) {
    for (const int64_t pack_tokens : {1, 97, 1000000}) {
      options.workers = workers;
      options.pack_tokens = pack_tokens;
      ExpectSameBits(alone, ScoreAll(docs, options, checkpoint()));
      for (size_t i = docs.size(); i-- > 1;) {  // other docs share, and others are neighbours
        const size_t j = generator() % (i + 1);
        std::swap(docs[i], docs[j]);
        std::swap(alone[i], alone[j]);
      }
    }
  }
}

TEST(Scorer, SharingSolvedExamplesChangesNothingInAnyKindOfDecoder) {
  const std::vector<RequestDoc> docs = FewShotDocs();
  std::vector<DecoderKind> kinds = DecoderKinds();
  std::ranges::move(UpcycledDecoderKinds(), std::back_inserter(kinds));
  for (const DecoderKind& kind : kinds) {
    const RandomCheckpoint checkpoint(kind.config);
    for (const Dtype dtype : {Dtype::kFloat32, Dtype::kBfloat16}) {
      SCOPED_TRACE(kind.name);
      const ScorerOptions options{.compute = {.dtype = dtype}, .workers = 1};
      ExpectSameBits(ScoreEachAlone(docs, options, checkpoint), ScoreAll(docs, options, checkpoint));
    }
  }
}

TEST(Scorer, ReadsSharedSolvedExamplesOnceInAPack) {
  const std::vector<RequestDoc> docs = FewShotDocs();
  const RandomCheckpoint checkpoint(TinyConfig());
  const auto tokens = [&](std::vector<RequestDoc> some) {
    const auto scorer = MakeTransformerScorer(checkpoint, {.workers = 1, .pack_tokens = 1000000});
    scorer->Score(some, [](size_t, std::vector<RequestScores>) {}, {});
    return scorer->statistics().trie_tokens;
  };
  int64_t apart = 0;
  for (const RequestDoc& doc : docs) {
    apart += tokens({doc});
  }
  // Packs are small at the beginning, so that the second one begins with the same examples.
  EXPECT_LT(tokens(docs), apart - 9 * 120 - 4 * 45);
  EXPECT_EQ(tokens({docs[1], docs[2], docs[4]}),
            tokens({docs[1]}) + tokens({docs[2]}) + tokens({docs[4]}) - 2 * 120);
}

TEST(Scorer, KernelsAndLibTorchAgree) {
  const std::vector<RequestDoc> docs = RandomDocs(25);
  const Scores kernels = ScoreAll(docs, {});
  const Scores torch = ScoreAll(docs, {.compute = OnTestDevice(Backend::kTorch)});
  for (size_t d = 0; d < docs.size(); ++d) {
    for (size_t r = 0; r < kernels[d].size(); ++r) {
      for (size_t i = 0; i < kernels[d][r].log_probs.size(); ++i) {
        EXPECT_NEAR(kernels[d][r].log_probs[i], torch[d][r].log_probs[i], 2e-5);
      }
      EXPECT_EQ(kernels[d][r].greedy, torch[d][r].greedy);
    }
  }
}

TEST(Scorer, CountsWhatItDid) {
  const RandomCheckpoint checkpoint(TinyConfig());
  const auto scorer = MakeTransformerScorer(checkpoint, {});
  // Nodes 1 2 5; logits at 2 (for 5 and 9) and at 5 (for 6).
  const std::vector<RequestDoc> docs = {{.requests = {{{1, 2}, {5, 6}}, {{1, 2}, {9}}}}};
  scorer->Score(docs, [](size_t, std::vector<RequestScores>) {}, {});
  const ScoringStatistics statistics = scorer->statistics();
  EXPECT_EQ(statistics.trie_tokens, 3);
  EXPECT_EQ(statistics.query_tokens, 5);
  EXPECT_EQ(statistics.scored_tokens, 3);
  EXPECT_EQ(statistics.head_rows, 2);
  EXPECT_EQ(statistics.visible_pairs, 1 + 2 + 3);
  EXPECT_EQ(statistics.docs, 1);
  EXPECT_EQ(statistics.flops[Work::kAttentionProjections], 2 * 3 * 3 * (48 * (6 + 4) * 8 + 48 * 48));
  EXPECT_EQ(statistics.flops[Work::kAttention], 3 * 4 * 48 * (1 + 2 + 3));
  EXPECT_EQ(statistics.flops[Work::kFfn], 2 * 3 * 3 * 3 * 48 * 80);
  EXPECT_EQ(statistics.flops[Work::kOutputHead], 2 * 2 * 48 * 301);
  EXPECT_EQ(statistics.flops[Work::kExperts] + statistics.flops[Work::kRouting], 0);
}

TEST(Scorer, CountsPairsInsideTheWindow) {
  ModelConfig config = TinyConfig();
  config.window = 2;
  config.full_attention_layers = {1};
  const RandomCheckpoint checkpoint(config);
  for (const Backend backend : {Backend::kAuto, Backend::kTorch}) {
    const auto scorer = MakeTransformerScorer(checkpoint, {.compute = OnTestDevice(backend)});
    const std::vector<RequestDoc> docs = {{.requests = {{{1, 2}, {5, 6}}, {{1, 2}, {9}}}}};
    scorer->Score(docs, [](size_t, std::vector<RequestScores>) {}, {});
    const ScoringStatistics statistics = scorer->statistics();
    EXPECT_EQ(statistics.visible_pairs, 1 + 2 + 3);
    EXPECT_EQ(statistics.window_pairs, 1 + 2 + 2);
    EXPECT_EQ(statistics.executed.layers[0][Work::kAttention], 4 * 48 * 5);
    EXPECT_EQ(statistics.executed.layers[1][Work::kAttention], 4 * 48 * 6);
    EXPECT_EQ(statistics.executed.total(), statistics.flops);
  }
}

// What the kernels were made to do is the arithmetic that cannot be done without, to the last FLOP.
TEST(Scorer, ExecutesExactlyTheNecessaryWork) {
  std::vector<FfnConfig> ffns = {{}, kMoe, kSparseMoe, kKLoop};
  for (const Probes& probes : std::vector<Probes>{{},
                                                  {.branches = Branches::kWidth},
                                                  {.branches = Branches::kDepth},
                                                  {.lambda = 0.5},
                                                  {.loops = 2},
                                                  {.loops = 4},
                                                  {.shuffle_loops = 3}}) {
    ffns.push_back(Versatile());
    ffns.back().probes = probes;
  }
  std::vector<RequestDoc> docs = RandomDocs(20);
  std::ranges::move(FewShotDocs(), std::back_inserter(docs));
  for (const FfnConfig& ffn : ffns) {
    for (const Backend backend : {Backend::kAuto, Backend::kTorch}) {
      const RandomCheckpoint checkpoint = Model(ffn);
      const auto scorer = MakeTransformerScorer(checkpoint, {.compute = OnTestDevice(backend)});
      scorer->Score(docs, [](size_t, std::vector<RequestScores>) {}, {});
      const ScoringStatistics statistics = scorer->statistics();
      EXPECT_EQ(statistics.executed.total(), statistics.flops)
          << ToJson(ffn).dump() << ToJson(statistics.executed).dump();
      EXPECT_EQ(statistics.executed.tokens, statistics.trie_tokens);
    }
  }
}

TEST(Scorer, MaskedScoresAreTheSameForMoreWork) {
  const std::vector<RequestDoc> docs = RandomDocs(20);
  const RandomCheckpoint checkpoint = Model(Versatile());
  const Scores scores = ScoreAll(docs, {}, checkpoint);
  ExpectSameBits(scores, ScoreAll(docs, {.compute = {.masked = true}}, checkpoint));
  const auto ffn_flops = [&](bool masked) {
    const auto scorer =
        MakeTransformerScorer(checkpoint, {.compute = {.masked = masked}, .pack_tokens = 512});
    scorer->Score(docs, [](size_t, std::vector<RequestScores>) {}, {});
    return scorer->statistics().executed.total()[Work::kFfn];
  };
  EXPECT_GT(ffn_flops(true), 1.2 * ffn_flops(false));
}

TEST(Scorer, ReusedHiddenValuesGiveTheSameScoresForLessWork) {
  const std::vector<RequestDoc> docs = RandomDocs(20);
  const RandomCheckpoint checkpoint = Model(Versatile());
  const ScorerOptions reusing{.compute = {.reuse_hidden = true}};
  ExpectSameBits(ScoreAll(docs, {}, checkpoint), ScoreAll(docs, reusing, checkpoint));
  const auto scorer = MakeTransformerScorer(checkpoint, reusing);
  scorer->Score(docs, [](size_t, std::vector<RequestScores>) {}, {});
  const ScoringStatistics statistics = scorer->statistics();
  WorkFlops expected = statistics.flops;
  for (const LayerDecisions& layer : statistics.executed.decisions) {
    EXPECT_GT(layer.reused_tokens, 0);
    EXPECT_EQ(layer.reused_tokens, layer.width_tokens);
    expected[Work::kExperts] -= layer.width_tokens * 2 * (2 * 2 * 48 * 13);  // 2 experts, 2 products of 3
  }
  EXPECT_EQ(statistics.executed.total(), expected);
  EXPECT_EQ(ToJson(ParseExecutedWork(Json::parse(ToJson(statistics.executed).dump()), "x")),
            ToJson(statistics.executed));
}

/// Keeps what it is given.
class KeepingSink : public TraceSink {
 public:
  explicit KeepingSink(TraceShape shape) : shape_(shape) {}
  const TraceShape& shape() const override { return shape_; }
  void Write(const DocTrace& doc) override {
    const std::lock_guard lock(mutex_);
    Validate(doc, shape_, "doc " + std::to_string(doc.doc_id));
    docs[doc.doc_id] = doc;
  }

  std::map<int64_t, DocTrace> docs;

 private:
  TraceShape shape_;
  std::mutex mutex_;
};

std::map<int64_t, DocTrace> TraceOf(const std::vector<RequestDoc>& docs, const RandomCheckpoint& checkpoint,
                                    bool branches, const ScorerOptions& options, Scores& scores,
                                    std::vector<BranchFeatures>* features = nullptr) {
  KeepingSink sink(TraceShapeOf(checkpoint.config(), branches));
  const auto scorer = MakeTransformerScorer(checkpoint, options);
  scorer->SetTrace({.sink = &sink,
                    .wants_features = [&](const std::string&, int64_t doc) { return features && doc == 5; },
                    .features = [&](const BranchFeatures& of_doc) { features->push_back(of_doc); }});
  scores.resize(docs.size());
  scorer->Score(docs, [&](size_t i, std::vector<RequestScores> of_doc) { scores[i] = std::move(of_doc); },
                {});
  return sink.docs;
}

TEST(ScorerTrace, ShowsWhatTheModelDecidedAndChangesNoScore) {
  const std::vector<RequestDoc> docs = RandomDocs(20);
  for (const FfnConfig& ffn : {Versatile(), kMoe, kSparseMoe, kKLoop, FfnConfig{}}) {
    const RandomCheckpoint checkpoint = Model(ffn);
    const bool branches = ffn.kind == FfnKind::kVersatile;
    Scores scores, alone;
    std::vector<BranchFeatures> features;
    const auto together = TraceOf(docs, checkpoint, branches, {}, scores, &features);
    ExpectSameBits(ScoreAll(docs, {}, checkpoint), scores);
    ASSERT_EQ(together.size(), docs.size());
    const auto one_by_one = TraceOf(docs, checkpoint, branches, {.workers = 1, .pack_tokens = 1}, alone);
    for (const auto& [id, doc] : together) {
      const DocTrace& other = one_by_one.at(id);
      EXPECT_EQ(doc.loop_counts, other.loop_counts);
      EXPECT_EQ(doc.lambdas, other.lambdas);
      EXPECT_EQ(doc.experts, other.experts);
      EXPECT_EQ(doc.gate_weights, other.gate_weights);
      EXPECT_EQ(doc.loop_probabilities, other.loop_probabilities);
    }
    EXPECT_EQ(features.size(), branches ? 1 : 0);
    if (!branches) {
      continue;
    }
    // The cosine of the trace is that of the features kept beside it.
    const DocTrace& doc = together.at(5);
    const BranchFeatures::Layer& layer = features[0].layers.at(2);
    ASSERT_EQ(layer.width_out.size(), static_cast<size_t>(doc.nodes_run * 48));
    for (int64_t row = 0; row < doc.nodes_run; ++row) {
      double product = 0, width = 0, depth = 0;
      for (int64_t i = row * 48; i < (row + 1) * 48; ++i) {
        product += static_cast<double>(layer.width_out[i]) * layer.depth_out[i];
        width += static_cast<double>(layer.width_out[i]) * layer.width_out[i];
        depth += static_cast<double>(layer.depth_out[i]) * layer.depth_out[i];
      }
      EXPECT_NEAR(*doc.cosines[2 * doc.nodes_run + row], product / std::sqrt(width * depth), 1e-5);
    }
  }
}

TEST(ScorerTrace, OfADocDoesNotDependOnWhatItShares) {
  const std::vector<RequestDoc> docs = FewShotDocs();
  for (const FfnConfig& ffn : {Versatile(), kMoe}) {
    const RandomCheckpoint checkpoint = Model(ffn);
    const bool branches = ffn.kind == FfnKind::kVersatile;
    Scores scores, alone;
    std::vector<BranchFeatures> features, features_alone;
    const auto together = TraceOf(docs, checkpoint, branches, {.workers = 1}, scores, &features);
    ASSERT_EQ(together.size(), docs.size());
    for (const RequestDoc& doc : docs) {
      SCOPED_TRACE(doc.doc_id);
      ExpectSameTrace(together.at(doc.doc_id),
                      TraceOf({doc}, checkpoint, branches, {}, alone, &features_alone).at(doc.doc_id));
    }
    ASSERT_EQ(features.size(), branches ? 1 : 0);
    for (size_t i = 0; i < features.size(); ++i) {
      EXPECT_EQ(features[i].tokens, features_alone[i].tokens);
      for (const auto& [layer, values] : features[i].layers) {
        EXPECT_EQ(values.width_out, features_alone[i].layers.at(layer).width_out);
        EXPECT_EQ(values.depth_out, features_alone[i].layers.at(layer).depth_out);
      }
    }
  }
}

TEST(ScorerTrace, CountsTheLoopsThatTheKernelsRan) {
  const std::vector<RequestDoc> docs = RandomDocs(20);
  const RandomCheckpoint checkpoint = Model(Versatile());
  KeepingSink sink(TraceShapeOf(checkpoint.config(), false));
  const auto scorer = MakeTransformerScorer(checkpoint, {});
  scorer->SetTrace({.sink = &sink});
  scorer->Score(docs, [](size_t, std::vector<RequestScores>) {}, {});
  const ExecutedWork executed = scorer->statistics().executed;
  for (int64_t layer = 0; layer < 3; ++layer) {
    std::vector<int64_t> histogram(4);
    for (const auto& [id, doc] : sink.docs) {
      for (int64_t row = 0; row < doc.nodes_run; ++row) {
        ++histogram.at(doc.loop_counts[layer * doc.nodes_run + row] - 1);
      }
    }
    EXPECT_EQ(histogram, executed.decisions[layer].loop_histogram);
  }
}

TEST(ScorerTrace, CountsItsOwnWorkApart) {
  const std::vector<RequestDoc> docs = RandomDocs(20);
  const RandomCheckpoint checkpoint = Model(Versatile());
  for (const bool branches : {false, true}) {
    KeepingSink sink(TraceShapeOf(checkpoint.config(), branches));
    const auto scorer = MakeTransformerScorer(checkpoint, {});
    scorer->SetTrace({.sink = &sink});
    scorer->Score(docs, [](size_t, std::vector<RequestScores>) {}, {});
    const ScoringStatistics statistics = scorer->statistics();
    EXPECT_EQ(statistics.executed.total(), statistics.flops);
    int64_t left_out = 0;
    for (const LayerDecisions& layer : statistics.executed.decisions) {
      left_out += statistics.executed.tokens - layer.width_tokens;
    }
    EXPECT_GT(left_out, 0);
    const int64_t of_a_token = 2 * 48 * (2 * 3 * 13 + 6);  // two experts of three matrices, and the router
    EXPECT_EQ(statistics.executed.trace, branches ? left_out * of_a_token : 0);
  }
}

TEST(Scorer, RefusesNan) {
  RandomCheckpoint checkpoint(TinyConfig());
  checkpoint.Break("final_norm.weight");
  try {
    ScoreAll(RandomDocs(2), {}, checkpoint);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("log-probability of token"));
  }
}

TEST(Scorer, StopsWhenAsked) {
  const RandomCheckpoint checkpoint(TinyConfig());
  const auto scorer = MakeTransformerScorer(checkpoint, {.workers = 1, .pack_tokens = 1});
  std::stop_source source;
  int scored = 0;
  scorer->Score(
      RandomDocs(10),
      [&](size_t, std::vector<RequestScores>) {
        if (++scored == 3) {
          source.request_stop();
        }
      },
      source.get_token());
  EXPECT_EQ(scored, 3);
}

TEST(Scorer, PassesOnWhatDoneThrows) {
  const RandomCheckpoint checkpoint(TinyConfig());
  const auto scorer = MakeTransformerScorer(checkpoint, {.workers = 3, .pack_tokens = 1});
  const auto done = [](size_t, std::vector<RequestScores>) { Fail("disk full"); };
  EXPECT_THROW(scorer->Score(RandomDocs(50), done, {}), Error);
}

}  // namespace
}  // namespace vffn
