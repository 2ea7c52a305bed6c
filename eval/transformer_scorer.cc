#include "eval/transformer_scorer.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "base/parallel.h"
#include "eval/pack_trace.h"
#include "eval/token_trie.h"
#include "eval/trie_trace.h"
#include "flops/expected_work.h"
#include "model/cuda_device.h"
#include "model/rope_frequencies.h"
#include "model/transformer.h"

namespace vffn {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Tokens of a pack.
struct PackSizes {
  int64_t most;
  int64_t small;  // of the first packs and the last ones
};
constexpr PackSizes kCpuPacks = {.most = 512, .small = 96};
constexpr PackSizes kGpuPacks = {.most = 32768, .small = 4096};
constexpr int kGpuWorkers =
    3;  // one prepares a pack or takes scores down while the GPU computes for the others

/// Packs that begin with solved examples read these once: more docs in a pack share them. Packs have this
/// many times the shared tokens beside them, if that is more than PackSizes says.
constexpr PackSizes kTimesShared = {.most = 8, .small = 1};

/// Docs scored together.
struct Pack {
  struct Entry {
    size_t doc_index;
    TokenTrie trie;
    int64_t own_rows;           // that no doc before it has
    std::vector<int32_t> rows;  // of the trie's nodes
  };
  std::vector<Entry> entries;
  PackedBatch batch;
  int64_t query_tokens = 0;
  int64_t scored_tokens = 0;
};

/// Hands out docs in order, as packs. The first packs are small, so that scores come soon; so are the last
/// ones, so that the workers finish together.
class PackQueue {
 public:
  PackQueue(std::span<const RequestDoc> docs, PackSizes sizes, int workers, SharingOptions sharing)
      : docs_(docs), sizes_(sizes), workers_(workers), sharing_(sharing) {}

  /// The next pack; without entries when there are no more docs.
  Pack Next() {
    const std::lock_guard lock(mutex_);
    const int64_t left = TokensLeft();
    Pack pack;
    TriePacker packer(sharing_);
    while (next_ < docs_.size()) {
      if (!pending_) {
        pending_ = BuildTrie(docs_[next_], sharing_.longest_short);
      }
      const int64_t shared = packer.Shared(*pending_);
      const int64_t own = pending_->size() - shared;
      if (!pack.entries.empty() && packer.size() - shared + own > MostBesides(shared, left)) {
        break;
      }
      for (const Request& request : docs_[next_].requests) {
        pack.query_tokens += static_cast<int64_t>(request.context.size() + request.continuation.size()) - 1;
        pack.scored_tokens += static_cast<int64_t>(request.continuation.size());
      }
      packer.Add(*pending_, shared);
      pack.entries.push_back({.doc_index = next_++, .trie = *std::move(pending_), .own_rows = own});
      pending_.reset();
    }
    PackedTries tries = packer.Finish();
    pack.batch = std::move(tries.batch);
    for (size_t i = 0; i < pack.entries.size(); ++i) {
      pack.entries[i].rows = std::move(tries.rows[i]);
    }
    ++packs_;
    tokens_ += pack.batch.size();
    return pack;
  }

 private:
  /// An estimate.
  int64_t TokensLeft() const {
    return next_ == 0 ? std::numeric_limits<int64_t>::max()
                      : tokens_ / static_cast<int64_t>(next_) * static_cast<int64_t>(docs_.size() - next_);
  }

  /// Tokens that a pack may have beside those that its next doc shares.
  int64_t MostBesides(int64_t shared, int64_t left) const {
    const int64_t most = std::max(sizes_.most, kTimesShared.most * shared);
    const int64_t small = std::max(sizes_.small, kTimesShared.small * shared);
    const int64_t growing = small << std::min<int64_t>(packs_ / workers_, 20);
    const int64_t shrinking = std::max(small, left / (2 * workers_));
    return std::min({most, growing, shrinking});
  }

  std::span<const RequestDoc> docs_;
  PackSizes sizes_;
  int workers_;
  SharingOptions sharing_;
  int64_t packs_ = 0;
  int64_t tokens_ = 0;
  std::mutex mutex_;
  size_t next_ = 0;
  std::optional<TokenTrie> pending_;
};

/// The distinct (row, token) pairs a pack needs, and where each was put.
class TargetList {
 public:
  TargetList(const Pack& pack, std::span<const RequestDoc> docs) {
    std::map<std::pair<int32_t, TokenId>, size_t> places;
    ForEach(pack, docs, [&](const Pack::Entry&, size_t, int32_t row, TokenId token) {
      places[{row, token}] = 0;
    });
    for (auto& [pair, place] : places) {
      const auto [row, token] = pair;
      if (rows_.empty() || rows_.back() != row) {
        rows_.push_back(row);
      }
      place = targets_.size();
      targets_.push_back({static_cast<int32_t>(rows_.size()) - 1, token});
    }
    ForEach(pack, docs, [&](const Pack::Entry&, size_t, int32_t row, TokenId token) {
      order_.push_back(places.at({row, token}));
    });
  }

  const std::vector<int32_t>& rows() const { return rows_; }       // of the batch, ascending
  const std::vector<Target>& targets() const { return targets_; }  // row: index in rows()
  size_t place(size_t i) const {
    return order_[i];
  }  // of the i-th token of the pack's continuations, in order

  /// Calls visit(entry, request, row, token) for every token of every continuation.
  template <class Visit>
  static void ForEach(const Pack& pack, std::span<const RequestDoc> docs, Visit&& visit) {
    for (const Pack::Entry& entry : pack.entries) {
      const RequestDoc& doc = docs[entry.doc_index];
      for (size_t r = 0; r < doc.requests.size(); ++r) {
        for (size_t i = 0; i < doc.requests[r].continuation.size(); ++i) {
          visit(entry, r, entry.rows[entry.trie.predictors[r][i]], doc.requests[r].continuation[i]);
        }
      }
    }
  }

 private:
  std::vector<int32_t> rows_;
  std::vector<Target> targets_;
  std::vector<size_t> order_;
};

class TransformerScorerImpl : public TransformerScorer {
 public:
  TransformerScorerImpl(const Checkpoint& checkpoint, const ScorerOptions& options)
      : workers_(Workers(options)),
        pack_sizes_(SizesOf(options)),
        max_sequence_length_(MaxLength(checkpoint.config(), options)),
        sharing_(SharingOf(checkpoint.config(), options.compute)),
        model_(checkpoint, options.compute,
               options.loaders > 0
                   ? options.loaders
                   : std::max<int>(workers_, static_cast<int>(std::thread::hardware_concurrency()))) {}

  void Score(std::span<const RequestDoc> docs, const Done& done, std::stop_token stop) override {
    const Clock::time_point start = Clock::now();
    PackQueue queue(docs, pack_sizes_, workers_, sharing_);
    std::mutex done_mutex;
    std::atomic<bool> failed = false;
    RunWorkers(workers_, failed, [&](int) {
      if (workers_ > 1) {
        at::set_num_threads(1);  // work is spread over packs, not inside operators
      }
      const OwnStream stream(model_.device());
      while (!failed && !stop.stop_requested()) {
        const Pack pack = queue.Next();
        if (pack.entries.empty()) {
          return;
        }
        const Clock::time_point begin = Clock::now();
        auto scores = ScorePack(pack, docs);
        CountTasks(pack, docs, SecondsSince(begin));
        const std::lock_guard lock(done_mutex);
        for (size_t i = 0; i < pack.entries.size(); ++i) {
          done(pack.entries[i].doc_index, std::move(scores[i]));
        }
      }
    });
    statistics_.seconds += SecondsSince(start);
  }

  void SetTrace(ScorerTrace trace) override { trace_ = std::move(trace); }
  int64_t max_sequence_length() const override { return max_sequence_length_; }
  ScoringStatistics statistics() const override {
    ScoringStatistics statistics = statistics_;
    const WorkSize size{.tokens = statistics.trie_tokens,
                        .visible_pairs = statistics.visible_pairs,
                        .head_rows = statistics.head_rows,
                        .window_pairs = statistics.window_pairs};
    statistics.executed = model_.work();
    const bool decides = model_.config().ffn.kind == FfnKind::kVersatile;
    statistics.flops = ExpectedWork(model_.config(), size,
                                    decides ? statistics.executed.decisions : std::vector<LayerDecisions>())
                           .total();
    double seconds = 0;  // of all workers
    for (const auto& [name, task] : statistics.tasks) {
      seconds += task.seconds;
    }
    for (auto& [name, task] : statistics.tasks) {
      task.seconds *= statistics.seconds / seconds;
    }
    return statistics;
  }
  int workers() const override { return workers_; }

 private:
  static bool OnCpu(const ScorerOptions& options) { return options.compute.device == "cpu"; }

  static int Workers(const ScorerOptions& options) {
    VFFN_CHECK(options.workers >= 0, "the number of workers is ", options.workers, ": it must be at least 1");
    const int cores = std::max<int>(1, static_cast<int>(std::thread::hardware_concurrency()));
    return options.workers > 0 ? options.workers : OnCpu(options) ? cores : kGpuWorkers;
  }

  static PackSizes SizesOf(const ScorerOptions& options) {
    PackSizes sizes = OnCpu(options) ? kCpuPacks : kGpuPacks;
    if (options.pack_tokens > 0) {
      sizes.most = options.pack_tokens;
    }
    return sizes;
  }

  static int64_t MaxLength(const ModelConfig& config, const ScorerOptions& options) {
    VFFN_CHECK(options.max_sequence_length <= config.max_sequence_length, "max length ",
               options.max_sequence_length, " is more than the model's ", config.max_sequence_length);
    return options.max_sequence_length > 0 ? options.max_sequence_length : config.max_sequence_length;
  }

  static SharingOptions SharingOf(const ModelConfig& config, const ComputeOptions& compute) {
    const bool has_kernels = compute.device == "cpu" && compute.backend == Backend::kAuto;
    // 4 d FLOPs of a pair and 24 d^2 of a row's matrix products, in a layer whose FFN has 8 d^2 parameters.
    return {.longest_short = LongestWithFullFrequencies(config),
            .pairs_per_row = has_kernels ? 0 : 6 * config.d_model};
  }

  /// Per entry of the pack, per request.
  std::vector<std::vector<RequestScores>> ScorePack(const Pack& pack, std::span<const RequestDoc> docs) {
    const TargetList list(pack, docs);
    std::optional<PackTrace> trace;
    if (trace_.sink) {
      trace.emplace(trace_.sink->shape(), pack.batch.size());
      for (size_t i = 0; i < pack.entries.size(); ++i) {
        const RequestDoc& doc = docs[pack.entries[i].doc_index];
        if (trace_.wants_features && trace_.wants_features(doc.task, doc.doc_id)) {
          trace->KeepFeatures(i, pack.entries[i].rows);
        }
      }
    }
    at::Tensor hidden = model_.forward({.batch = &pack.batch, .trace = trace ? &*trace : nullptr});  // [T, d]
    hidden = hidden.index_select(0, at::tensor(list.rows(), at::kInt).to(hidden.device()));
    std::vector<float> log_probs(list.targets().size());
    std::vector<uint8_t> greedy(list.targets().size());
    model_.head().LogSoftmax(hidden, list.targets(), log_probs, greedy);

    std::vector<std::vector<RequestScores>> scores(pack.entries.size());
    for (size_t i = 0; i < scores.size(); ++i) {
      scores[i].resize(docs[pack.entries[i].doc_index].requests.size());
    }
    size_t token_index = 0;
    TargetList::ForEach(pack, docs, [&](const Pack::Entry& entry, size_t request, int32_t, TokenId token) {
      const size_t place = list.place(token_index++);
      VFFN_CHECK(std::isfinite(log_probs[place]), "the model's log-probability of token ", token, " is ",
                 log_probs[place], " (", docs[entry.doc_index].task, " doc ", docs[entry.doc_index].doc_id,
                 ", choice ", request, "): its weights or its arithmetic are broken");
      RequestScores& of_request = scores[&entry - pack.entries.data()][request];
      of_request.log_probs.push_back(log_probs[place]);
      of_request.greedy.push_back(greedy[place]);
    });
    Count(pack, static_cast<int64_t>(list.rows().size()));
    if (trace) {
      trace->Finish();
      for (size_t i = 0; i < pack.entries.size(); ++i) {
        const Pack::Entry& entry = pack.entries[i];
        DocTrace doc = TraceTokens(docs[entry.doc_index], entry.trie, scores[i]);
        trace->Fill(entry.rows, doc);
        trace_.sink->Write(doc);
        if (const std::optional<BranchFeatures> features = trace->FeaturesOf(i, doc)) {
          trace_.features(*features);
        }
      }
    }
    return scores;
  }

  void Count(const Pack& pack, int64_t head_rows) {
    const int64_t visible_pairs = VisiblePairs(pack.batch);
    const int64_t window = model_.config().window;
    const int64_t window_pairs = window > 0 ? VisiblePairs(pack.batch, window) : 0;
    const std::lock_guard lock(statistics_mutex_);
    statistics_.docs += static_cast<int64_t>(pack.entries.size());
    statistics_.trie_tokens += pack.batch.size();
    statistics_.query_tokens += pack.query_tokens;
    statistics_.scored_tokens += pack.scored_tokens;
    statistics_.head_rows += head_rows;
    statistics_.visible_pairs += visible_pairs;
    statistics_.window_pairs += window_pairs;
  }

  void CountTasks(const Pack& pack, std::span<const RequestDoc> docs, double seconds) {
    const std::lock_guard lock(statistics_mutex_);
    for (const Pack::Entry& entry : pack.entries) {
      TaskStatistics& task = statistics_.tasks[docs[entry.doc_index].task];
      ++task.docs;
      task.trie_tokens += entry.own_rows;
      task.seconds += seconds * static_cast<double>(entry.own_rows) / static_cast<double>(pack.batch.size());
    }
  }

  int workers_;
  PackSizes pack_sizes_;
  int64_t max_sequence_length_;
  SharingOptions sharing_;
  ScorerTrace trace_;
  Transformer model_;
  std::mutex statistics_mutex_;
  ScoringStatistics statistics_;
};

}  // namespace

std::unique_ptr<TransformerScorer> MakeTransformerScorer(const Checkpoint& checkpoint,
                                                         const ScorerOptions& options) {
  return std::make_unique<TransformerScorerImpl>(checkpoint, options);
}

}  // namespace vffn
