// A run of two docs, as its ledger and its results file hold it.
#pragma once

#include <string>

#include "eval/rescore.h"
#include "runs/scores/results_file.h"
#include "tests/eval/fake_run.h"
#include "tests/eval/scored_docs.h"

namespace vffn {

/// Two docs: the first right by acc and by characters without the blank, wrong with it; the second wrong by
/// all.
inline LedgerContents MakeContents() {
  LedgerContents contents{.origin = "the.ledger", .header = MakeHeader()};
  contents.tasks = {
      {.name = "piqa", .split = "validation", .data_sha256 = "abc", .data_set_size = 1838, .docs = 2}};
  // -2/1 against -5/2 without, -2/2 against -5/3... with the blank.
  contents.docs["piqa"][0] = MakeDoc("piqa", 0, 0, {MakeChoice(" a", {-2}), MakeChoice(" bcd", {-6.5})});
  contents.docs["piqa"][4] = MakeDoc("piqa", 4, 1, {MakeChoice(" a", {-2}), MakeChoice(" bc", {-7})});
  return contents;
}

/// A VersatileFFN of two layers that ran 10 tokens.
inline RunInfo MakeRunInfo() {
  ExecutedWork work{.tokens = 10, .layers = {{{7, 6, 5, 4, 3}}, {{7, 6, 5, 4, 3}}}, .output_head = 9};
  work.decisions = {{{4, 0, 0, 6}, 4}, {{10, 0, 0, 0}, 0}};
  return {.model_args = "top_k=2,loops=3",
          .model_format = "vffn",
          .config = ModelConfig{.d_model = 64,
                                .n_layers = 2,
                                .n_heads = 4,
                                .n_kv_heads = 4,
                                .head_size = 16,
                                .ffn_hidden_size = 128,
                                .vocab_size = 512,
                                .max_sequence_length = 64,
                                .ffn = {.kind = FfnKind::kVersatile,
                                        .n_experts = 8,
                                        .top_k = 2,
                                        .expert_hidden_size = 16,
                                        .max_loops = 4}},
          .parameters = 134515008,
          .untrained = true,
          .tokenizer_pipeline = "gpt2",
          .tokenizer_source = "tokenizer.json",
          .special_tokens = SpecialTokensRecord{.before = {1},
                                                .after = {2, 3},
                                                .reason = "tokenizer.json: post_processor",
                                                .empty_context = 1,
                                                .empty_context_reason = "tokenizer_config.json: bos_token"},
          .program = {.version = "0.1.0", .git_hash = "abc"},
          .device = "cpu",
          .limit = 2,
          .scoring = ScoringRecord{.workers = 2,
                                   .seconds_to_first_score = 0.25,
                                   .seconds_scoring = 1.5,
                                   .docs = 2,
                                   .query_tokens = 16,
                                   .trie_tokens = 10,
                                   .scored_tokens = 4,
                                   .head_rows = 3,
                                   .visible_pairs = 40,
                                   .necessary_flops = 59,
                                   .tasks = {{"piqa", {.docs = 2, .trie_tokens = 10, .seconds = 1.5}}},
                                   .executed = work},
          .start_seconds = 1795361000.25,
          .elapsed_seconds = 1.5};
}

inline ResultsFile MakeResults(const LedgerContents& contents = MakeContents(),
                               RunInfo info = MakeRunInfo()) {
  return MakeResultsFile(Rescore(contents, FindProfile("olmo")), "models/m.gguf", std::move(info));
}

/// Its document, as a reader gets it.
inline Json ResultsDocument(const ResultsFile& file = MakeResults()) {
  return ParseJson(ToJson(file).dump(), "document");
}

}  // namespace vffn
